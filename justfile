# Recipes; `just` alone lists them.

default:
    @just --list

# Run a workload: `just run`, `just run workloads/viral_post.toml --rounds 10`
run workload="workloads/steady_week.toml" *flags:
    cargo run --release -- run {{workload}} {{flags}}

# Run the tests
test *filter:
    cargo test {{filter}}

# Hold every engine against the oracle on every workload
verify *flags:
    cargo run --release -- verify {{flags}}

# Engines with a fault that only answers under load show, and how many are caught: `just planted-faults --seeds 10`
planted-faults *flags:
    cargo run --release --example planted_faults -- {{flags}}

# Trials of engines that are right, beside processes that keep both cores busy: none may be found wrong
false-alarms trials="1000" burners="2" *flags:
    cargo run --release --example planted_faults -- --false-alarms {{trials}} --burners {{burners}} {{flags}}

# Compare engines with themselves, and one with itself slowed down
selftest *flags:
    cargo run --release -- selftest {{flags}}

# The tables of engines and limits in docs/PERFORMANCE.md: eight minutes
limits out="reports/kept/limits.json" *flags:
    cargo run --release -- sweep workloads/scale/zipf99.toml --members 10k,1M,10M --events 5M \
        --rounds 8 --warm --all --out {{out}} {{flags}}

# The same with four to ten times the events; twenty minutes, and 5 GiB of memory
limits-long folder="reports/kept" *flags:
    cargo run --release -- sweep workloads/scale/zipf99.toml --members 10k,1M --events 20M \
        --rounds 5 --warm --all --out {{folder}}/limits_20M.json {{flags}}
    sed 's/^members = .*/members = "10M"/' workloads/scale/zipf99.toml > target/zipf99_10M.toml
    cargo run --release -- run target/zipf99_10M.toml --events 50M --threads 2 --rounds 4 --warm \
        --all --out {{folder}}/limits_50M.json {{flags}}

# The main job ten times in a row: the first table in docs/PERFORMANCE.md
main-job folder="target/main_job" *flags:
    mkdir -p {{folder}}
    for run in 1 2 3 4 5 6 7 8 9 10; do \
        cargo run --release -- run workloads/steady_week.toml --out {{folder}}/$run.json {{flags}} || exit 1; \
    done
    gzip -9 -f {{folder}}/*.json

# The table of winners in docs/PERFORMANCE.md: a sweep of threads on each workload, fresh and warm,
# every engine in turn and alone, then the table; forty minutes
winners folder="target/winners" *flags:
    mkdir -p {{folder}}
    for workload in steady_week viral_post influencer engagement_only tag_churn_storm cold_start \
        diurnal_week picture_scraper; do \
        cargo run --release -- sweep workloads/$workload.toml --threads 1,2 --events 1M --rounds 6 \
            --isolated-rounds 4 --warm --all --out {{folder}}/$workload.json {{flags}} || exit 1; \
    done
    # closes its weeks, which no second pass can
    cargo run --release -- sweep workloads/recruiter_sweep.toml --threads 1,2 --events 1M --rounds 6 \
        --isolated-rounds 4 --all --out {{folder}}/recruiter_sweep.json {{flags}}
    # fifty reads an event
    cargo run --release -- sweep workloads/badge_polling.toml --threads 1,2 --events 50k --rounds 6 \
        --isolated-rounds 4 --warm --all --out {{folder}}/badge_polling.json {{flags}}
    gzip -9 -f {{folder}}/*.json
    cargo run --release -- winners {{folder}}/*.json.gz --beside dashmap --without actor --format markdown

# Every engine in interleaved rounds beside itself in isolated ones, over warm state
in-turn-and-alone folder="reports/kept/winners":
    cargo run --release -- winners --isolated --pass warm {{folder}}/*.json.gz --format markdown

# Whether a slowdown of 1% is found: this build beside itself, slowed down; ten times a minute
one-percent:
    cargo build --release
    cp target/release/notibench target/as_it_is
    printf '#!/bin/sh\nif [ "$1" = run ]; then shift; set -- run --plant 1%% "$@"; fi\nexec target/as_it_is "$@"\n' \
        > target/slowed
    chmod +x target/slowed
    for run in 1 2 3 4 5 6 7 8 9 10; do \
        target/as_it_is compare --exe target/as_it_is --exe target/slowed workloads/steady_week.toml \
            --threads 1 --events 1M --turns 20 --slice 1ms --no-verify || exit 1; \
    done

# Capacities of the map engines in docs/PERFORMANCE.md: 7 engines of 9 searches of 8 steps on each of
# 3 workloads, a quarter of an hour a workload; the second and third columns there are of five of these
# engines, with `--events 2M --searches 17` and `--events 500k`
capacities folder="target/capacity" *flags:
    mkdir -p {{folder}}
    for workload in steady_week viral_post engagement_only; do \
        cargo run --release -- capacity workloads/$workload.toml --slo 'p99 < 10ms' \
            --engine dashmap --engine papaya --engine dashmap-entry --engine sharded-mutex \
            --engine scc --engine global-mutex --engine dashmap-naive \
            --out {{folder}}/$workload.json --html={{folder}}/$workload.html {{flags}} || exit 1; \
    done

# A closed loop and shares of a capacity on one page: `just load 9766196`
load capacity folder="target/load" *flags:
    mkdir -p {{folder}}
    cargo run --release -- run workloads/steady_week.toml --engine dashmap --engine papaya \
        --events 10M --rounds 4 --out {{folder}}/closed.json {{flags}}
    for share in 50 80 95; do \
        cargo run --release -- run workloads/steady_week.toml --engine dashmap --engine papaya \
            --rate $(({{capacity}} * share / 100))/s --duration 1s --rounds 4 \
            --out {{folder}}/at$share.json {{flags}} || exit 1; \
    done
    cargo run --release -- report {{folder}}/closed.json {{folder}}/at50.json {{folder}}/at80.json \
        {{folder}}/at95.json --out {{folder}}.html

# The maps of C++ beside the engines on ten workloads, 1 and 2 threads, fresh and warm: docs/PEERS.md
maps folder="target/maps" *flags:
    benches/peers/maps/build {{folder}}
    for workload in steady_week viral_post influencer engagement_only tag_churn_storm cold_start \
        diurnal_week picture_scraper recruiter_sweep badge_polling; do for threads in 1 2; do \
        warm=--warm; [ $workload != recruiter_sweep ] || warm=; \
        case $workload in steady_week|viral_post|influencer) events=1M;; \
            badge_polling) events=50k;; *) events=300k;; esac; \
        cargo run --release -- run workloads/$workload.toml --threads $threads --events $events --rounds 6 \
            --isolated-rounds 1 $warm --engine dashmap,dashmap-entry,papaya,sharded-mutex,dashmap-naive \
            --map-lib {{folder}}/libboost_flat.so --map-lib {{folder}}/libtbb_hash.so \
            --map-lib {{folder}}/libcuckoo.so --out {{folder}}/$workload-$threads.json {{flags}} || exit 1; \
    done; done
    gzip -9 -f {{folder}}/*.json
    cargo run --release -- winners {{folder}}/*.json.gz --beside dashmap --format markdown

# Two processes of a cluster beside one, with the workload's reads and without: docs/SCALING.md
cluster folder="target/cluster" *flags:
    mkdir -p {{folder}}
    sed '/^\[reads\]/,/^mix = /d' workloads/steady_week.toml \
        > {{folder}}/steady_week_writes.toml
    cargo run --release --features cluster -- cluster workloads/steady_week.toml --local 2 --rounds 10 \
        --out {{folder}}/cluster.json {{flags}}
    cargo run --release --features cluster -- cluster {{folder}}/steady_week_writes.toml --local 2 \
        --rounds 10 --events 10M --out {{folder}}/cluster_writes.json {{flags}}

# What a writer and a reader cost each other, in the engines whose reads are immediate: three
# workloads, a minute each; small records and pages
apart folder="target/apart" *flags:
    mkdir -p {{folder}}
    # fifty reads an event, and few events: more of them
    cargo run --release -- run workloads/badge_polling.toml --events 2M --writers 1 --readers 1 \
        --engine dashmap,dashmap-entry,papaya,scc,sharded-mutex,global-mutex,dashmap-naive \
        --out {{folder}}/badge_polling.json --html={{folder}}/badge_polling.html {{flags}}
    for workload in influencer steady_week; do \
        cargo run --release -- run workloads/$workload.toml --writers 1 --readers 1 \
            --engine dashmap,dashmap-entry,papaya,scc,sharded-mutex,global-mutex,dashmap-naive \
            --out {{folder}}/$workload.json --html={{folder}}/$workload.html {{flags}} || exit 1; \
    done
    gzip -9 -f {{folder}}/*.json

# DuckDB and Polars beside the engines: docs/PEERS.md
peers *flags:
    benches/peers/run {{flags}}

# Redis beside the engines, in a server of the run's own: docs/PEERS.md
redis *flags:
    cargo run --release --features redis -- run workloads/steady_week.toml --events 1M \
        --engine dashmap --engine dashmap-naive --engine redis --redis-server {{flags}}

# Measure the parts with criterion; takes long and needs a quiet machine
bench *filter:
    cargo bench -- {{filter}}

# Look at HTML reports in a headless Chromium (apt-get install chromium nodejs npm)
browser:
    cd tests/browser && npm ci
    CI=true cargo test --test html_browser

# Draw the pictures of the README anew, from the kept record
pictures:
    cargo run --release -- report reports/kept/steady_week.json --out target/steady_week.html
    cd tests/browser && npm ci
    node tests/browser/pictures.mjs target/steady_week.html docs/pictures ratios percentiles

# Run each bench once, without measuring
bench-smoke:
    cargo bench -- --test

# Format and lint
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    cargo clippy --features live --all-targets -- -D warnings

# Build the documentation; a broken link is an error
doc $RUSTDOCFLAGS="-D warnings":
    cargo doc --no-deps

# Everything that must pass before a change is taken
ci:
    .ci/run

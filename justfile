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

# Compare an engine with itself, and with itself slowed down
selftest *flags:
    cargo run --release -- selftest {{flags}}

# Measure the parts with criterion; takes long and needs a quiet machine
bench *filter:
    cargo bench -- {{filter}}

# Run each bench once, without measuring
bench-smoke:
    cargo bench -- --test

# Format and lint
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# Build the documentation; a broken link is an error
doc $RUSTDOCFLAGS="-D warnings":
    cargo doc --no-deps

# Everything that must pass before a change is taken
ci:
    .ci/run

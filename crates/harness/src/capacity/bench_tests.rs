//! Steps of a search, and what they are made on.

use super::*;
use crate::capacity::slo::parse_objective;
use crate::run::tests::Broken;
use crate::trial::setup::OnHang;
use notibench_core::engine::StopFlag;
use notibench_record::{Arrivals, CapacityPlan, Environment, Idle};
use notibench_workload::Workload;
use notibench_workload::fixture::workload;

const EVENTS: u64 = 2_000;

/// A search with that objective, on all of a machine whose memory is not known.
pub(in crate::capacity) fn request<'a>(
    workload: &'a Workload,
    contenders: Vec<Contender>,
    objective: &str,
) -> CapacityRequest<'a> {
    CapacityRequest {
        workload,
        toml: String::new(),
        trace: None,
        plan: CapacityPlan {
            seed: 1,
            threads: 2,
            batch: 64,
            pin: false,
            inbox_capacity: 32,
            arrivals: Arrivals::Poisson,
            idle: Idle::Spin,
            events: EVENTS,
            growth: false,
            search_steps: 4,
            searches: 2,
        },
        slo: vec![parse_objective(objective).unwrap()],
        contenders,
        environment: Environment::default(),
        command: Vec::new(),
        stop: StopFlag::default(),
        on_hang: OnHang::new(|words| panic!("{words}")),
    }
}

fn dashmap() -> Contender {
    Contender::registered("dashmap").unwrap()
}

const fn offer(rate: f64) -> Offer {
    Offer {
        rate,
        seed: 5,
        at: 0,
    }
}

#[test]
fn a_step_offers_every_event_and_is_proved() {
    let workload = workload();
    for growth in [false, true] {
        // whatever the machine does meanwhile
        let mut request = request(&workload, vec![dashmap()], "p50 < 3600s");
        request.plan.growth = growth;
        let source = source_of(&request, EVENTS).unwrap();
        assert_eq!(source.events(), EVENTS);
        let mut bench = Bench::new(&request, &source);
        bench.ask_oracle().unwrap();
        let step = bench.step(&dashmap(), &offer(1e6)).ok().unwrap();
        assert_eq!((step.events, step.hold_ns), (EVENTS, 2_000_000));
        assert!(step.proved);
        let holds = |name: &str| {
            let named = |condition: &&notibench_record::Condition| condition.name == name;
            step.conditions.iter().find(named).unwrap().pass
        };
        assert!(holds("p50") && holds("conserved"), "{:?}", step.conditions);
        assert_eq!(step.pass, step.conditions.iter().all(|it| it.pass));
        assert!(bench.closed_loop(&dashmap()).unwrap() > 0.0);
    }
}

#[test]
fn an_objective_that_cannot_hold_fails_the_step() {
    let workload = workload();
    let request = request(&workload, vec![dashmap()], "p50 < 1ns");
    let source = source_of(&request, EVENTS).unwrap();
    let step = Bench::new(&request, &source).step(&dashmap(), &offer(1e6));
    let step = step.ok().unwrap();
    assert!(!step.pass);
    assert!(!step.proved, "the oracle was not asked");
}

#[test]
fn an_engine_that_is_wrong_ends_its_step_with_words() {
    let workload = workload();
    let deaf = || Contender::of::<Broken<false>>();
    let request = request(&workload, vec![deaf()], "p50 < 3600s");
    let source = source_of(&request, EVENTS).unwrap();
    let mut bench = Bench::new(&request, &source);
    bench.ask_oracle().unwrap();
    match bench.step(&deaf(), &offer(1e6)) {
        Err(StepError::Wrong(words)) => assert!(!words.is_empty()),
        Err(StepError::Trial(error)) => panic!("{error}"),
        Ok(step) => panic!("{step:?}"),
    }
}

#[test]
fn an_interruption_ends_the_oracle_and_the_step() {
    let workload = workload();
    let request = request(&workload, vec![dashmap()], "p50 < 3600s");
    let source = source_of(&request, EVENTS).unwrap();
    let mut bench = Bench::new(&request, &source);
    request.stop.set();
    assert_eq!(bench.ask_oracle(), Err(TrialError::Interrupted));
    let step = bench.step(&dashmap(), &offer(1e6));
    assert!(matches!(
        step,
        Err(StepError::Trial(TrialError::Interrupted))
    ));
}

#[test]
fn a_step_has_the_samples_that_its_objectives_need() {
    let objective = |text| parse_objective(text).unwrap();
    let median = least_events(&[objective("p50 < 1ms")], 0.5);
    let rare = least_events(&[objective("p50 < 1ms"), objective("p99.9 < 1ms")], 0.5);
    assert_eq!(rare, least_events(&[objective("p99.9 < 1ms")], 0.5));
    assert!(rare > 100 * median, "{rare} and {median}");
    let of_reads = |share| least_events(&[objective("reads p99 < 1ms")], share);
    let ratio = of_reads(0.25) as f64 / of_reads(1.0) as f64;
    assert!((ratio - 4.0).abs() < 0.01, "{ratio}");
    // there is no number that would do
    assert_eq!(of_reads(0.0), 1);
    assert_eq!(least_events(&[], 1.0), 1);
}

//! Whether a run fits into the memory, and whether its stream does.

use crate::plan::error::PlanError;
use crate::plan::memory::Prediction;
use notibench_core::unit::quantity::show_bytes;

/// Whether the workers generate the stream: where they are asked to, or it
/// would take more than a quarter of the memory.
///
/// # Errors
/// Where the run would not fit, or limit probes would have no dense numbers.
pub(crate) fn is_inline(asked: bool, need: &Prediction, limit: u64) -> Result<bool, PlanError> {
    let inline = asked || need.stream > limit / 4;
    if inline && need.dense > 0 {
        return Err(PlanError::Conflict(no_dense_ids(asked)));
    }
    if need.peak(inline) > limit {
        return Err(too_large(need, inline, limit));
    }
    Ok(inline)
}

fn too_large(need: &Prediction, inline: bool, limit: u64) -> PlanError {
    let bytes = |bytes: u64| show_bytes(bytes as f64);
    let stream = if inline {
        "inline".to_owned()
    } else {
        bytes(need.stream)
    };
    let (state, oracle) = (bytes(need.state), bytes(need.oracle));
    let mut detail = format!(" (stream {stream}, state {state}, oracle {oracle}");
    let holds = need.held > 0;
    if holds {
        let held = bytes(need.held);
        detail += &format!(", held by {} beyond its state {held}", need.holder);
    }
    detail += ")";
    let others = Prediction { held: 0, ..*need };
    let is_at_fault = holds && others.peak(inline) <= limit;
    PlanError::TooLarge {
        needed: bytes(need.peak(inline)),
        limit: bytes(limit),
        detail,
        lower: if need.schedule > 0 {
            "--rate, --duration or --events"
        } else {
            "--events"
        },
        fix: if is_at_fault {
            format!(", leave out {}", need.holder)
        } else {
            String::new()
        },
    }
}

/// Why limit probes can't take part, and what to do about it.
fn no_dense_ids(asked_inline: bool) -> String {
    let fix = if asked_inline {
        "leave out --inline, or the probes"
    } else {
        "it would take more than a quarter of the memory: lower --events, or leave out the probes \
         (--limits; --all has them, too)"
    };
    format!(
        "the limit probes work on numbers of a stream that is made beforehand, and this one is \
         generated inline: {fix}"
    )
}

//! `list` and `policy`: what there is.

use comfy_table::{ContentArrangement, Table, presets};

use crate::args::list::{ListArgs, Listed};
use crate::engines;
use crate::exit::{Failure, print};
use notibench_core::engine::{EngineInfo, Role};
use notibench_core::event::Kind;
use notibench_core::policy;
use notibench_core::unit::quantity::show_whole;
use notibench_engines::registry::ENTRIES;
use notibench_harness::Contender;
use notibench_report::stdout_columns;
use notibench_workload::{built_in_summaries, show_duration_us, summaries};

/// `notibench list`.
pub(crate) fn list(args: &ListArgs, own: &[Contender]) -> Result<(), Failure> {
    let listed = match args.what {
        Some(what) => vec![what],
        None => vec![Listed::Workloads, Listed::Engines, Listed::Kinds],
    };
    for (at, what) in listed.into_iter().enumerate() {
        if at > 0 {
            print("")?;
        }
        match what {
            Listed::Workloads => workloads(args)?,
            Listed::Engines => engines(own)?,
            Listed::Kinds => kinds()?,
        }
    }
    Ok(())
}

fn workloads(args: &ListArgs) -> Result<(), Failure> {
    let mut table = table(&[
        "workload",
        "events",
        "members",
        "span",
        "reads/event",
        "models",
    ]);
    let mut broken = Vec::new();
    let summaries = match &args.folder {
        Some(folder) => summaries(folder),
        None => built_in_summaries(),
    };
    for summary in summaries {
        match summary {
            Ok(found) => {
                table.add_row([
                    found.name,
                    show_whole(found.events),
                    show_whole(found.members),
                    show_duration_us(found.span_us),
                    format!("{:.2}", found.reads_per_event),
                    found.about,
                ]);
            }
            Err(error) => broken.push(error),
        }
    }
    if table.row_count() > 0 {
        print(&table.to_string())?;
    }
    match broken.into_iter().next() {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

fn engines(own: &[Contender]) -> Result<(), Failure> {
    let mut table = table(&[
        "engine",
        "role",
        "reads",
        "when to pick it, and what it gives up",
    ]);
    let role = |info: &EngineInfo| match info.role {
        Role::Engine => "engine",
        Role::Probe => "probe",
        Role::Ablation => "ablation",
    };
    for info in ENTRIES
        .iter()
        .chain(&engines::listed())
        .chain(own.iter().map(|contender| &contender.info))
    {
        let freshness = info.freshness.in_words();
        table.add_row([info.name, role(info), &freshness, info.about]);
    }
    print(&table.to_string())
}

fn kinds() -> Result<(), Failure> {
    let mut table = table(&["kind", "content", "can be undone"]);
    let yes = |is: bool| if is { "yes" } else { "-" };
    for kind in Kind::ALL {
        table.add_row([
            kind.name(),
            yes(kind.has_content()),
            yes(kind.is_undoable()),
        ]);
    }
    print(&table.to_string())
}

/// `notibench policy`.
pub(crate) fn policy() -> Result<(), Failure> {
    let mut table = table(&["kind", "undo", "content", "disposition", "what changes"]);
    for row in policy::table() {
        table.add_row([
            row.kind.name(),
            if row.undo { "undo" } else { "" },
            if row.kind.has_content() { "yes" } else { "-" },
            row.effect.disposition.name(),
            row.what_changes(),
        ]);
    }
    print(&format!(
        "{table}\n\nAn event whose actor is its recipient is discarded (mark_read apart)."
    ))
}

/// A table with a line under its header and no other.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(stdout_columns().unwrap_or(120))
        .set_header(header.iter().map(ToString::to_string));
    table
}

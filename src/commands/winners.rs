//! `winners`: one table over several records.

use crate::args::winners::{TableFormat, WinnersArgs};
use crate::exit::{Failure, print};
use crate::show::style;
use notibench_record::Saved;
use notibench_report::{
    WinnersChoice, isolation_effects, isolation_effects_markdown, isolation_effects_terminal,
    winners_markdown, winners_terminal,
};

/// `notibench winners`.
pub(crate) fn winners(args: &WinnersArgs) -> Result<(), Failure> {
    let files = args.records.iter().map(|path| Saved::load(path));
    let files = files.collect::<Result<Vec<_>, _>>()?;
    if args.isolated {
        let found = isolation_effects(&files, args.pass.into());
        return print(&match args.format {
            TableFormat::Terminal => isolation_effects_terminal(&found, &style()),
            TableFormat::Markdown => isolation_effects_markdown(&found),
        });
    }
    let choice = WinnersChoice {
        beside: args.beside.clone(),
        without: args.without.clone(),
    };
    let asked = choice.beside.iter().chain(&choice.without);
    for name in asked {
        let ran = |saved: &Saved| match saved {
            Saved::Run(record) => record.engines.iter().any(|e| e.name == *name),
            Saved::Sweep(sweep) => {
                let mut points = sweep.points.iter();
                points.any(|point| point.record.engines.iter().any(|e| e.name == *name))
            }
            Saved::Selftest(_) => false,
            Saved::Capacity(found) => found.engines.iter().any(|e| e.name == *name),
        };
        if !files.iter().any(ran) {
            return Err(Failure::Usage(format!(
                "no engine `{name}` is in these records: `notibench report FILE` shows which are"
            )));
        }
    }
    let found = notibench_report::winners(&files, &choice);
    print(&match args.format {
        TableFormat::Terminal => winners_terminal(&found, &choice, &style()),
        TableFormat::Markdown => winners_markdown(&found, &choice),
    })
}

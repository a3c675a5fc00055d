//! `report`: what is saved, drawn again.

use std::path::{Path, PathBuf};

use super::{capacity, selftest, sweep};
use crate::args::output::{OutputFormat, TextFormat};
use crate::args::report::ReportArgs;
use crate::exit::Failure;
use crate::page;
use crate::save::check_target;
use crate::show::show_of;
use notibench_record::{Pass, Record, Saved, Target};
use notibench_report::html::Document;

fn document(saved: &Saved) -> Result<Document<'_>, Failure> {
    Ok(match saved {
        Saved::Run(record) => Document::Run(record),
        Saved::Sweep(sweep) => Document::Sweep(sweep),
        Saved::Capacity(capacity) => Document::Capacity(capacity),
        Saved::Selftest(_) => {
            return Err(Failure::Usage(
                "a selftest has no page: leave out --out or --html".to_owned(),
            ));
        }
    })
}

/// `notibench report`.
pub(crate) fn report(args: &ReportArgs) -> Result<(), Failure> {
    let [path, others @ ..] = &args.records[..] else {
        return Err(Failure::Usage("name a saved record".to_owned()));
    };
    let page = match &args.out {
        Some(out) => Some(out.clone()),
        None => args
            .html
            .target(Some(&Target::from(&**path)))?
            .map(|page| page.path),
    };
    check_records(args, page.as_deref(), others)?;
    check_choice(args, page.is_some())?;
    let pass = args.pass.map_or(Pass::Fresh, Pass::from);
    let brief = args.length.is_brief(false);
    let show = |record: &Record| show_of(record, args.format, brief, args.engine.as_deref(), pass);
    let saved: Vec<Saved> = args
        .records
        .iter()
        .map(|path| Saved::load(path))
        .collect::<Result<_, _>>()?;
    if let Some(value) = &args.point {
        let point = match saved.first() {
            Some(Saved::Sweep(found)) => sweep::find_point(found, value)?,
            _ => {
                return Err(Failure::Usage(format!(
                    "{} holds no sweep: leave out --point",
                    path.display()
                )));
            }
        };
        return match &page {
            Some(out) => page::write(out, &[Document::Run(&point.record)]),
            None => show(&point.record),
        };
    }
    if let Some(out) = &page {
        let documents: Vec<Document<'_>> = saved.iter().map(document).collect::<Result<_, _>>()?;
        return page::write(out, &documents);
    }
    match saved.first() {
        Some(Saved::Sweep(found)) => {
            let help = "; or draw one of its runs with --point VALUE";
            sweep::show(found, text_format(args.format, "a sweep", help)?, pass)
        }
        Some(Saved::Run(record)) if args.pass.is_none() || args.format.is_of_histograms() => {
            show(record)
        }
        Some(Saved::Run(_)) => Err(Failure::Usage(
            "--pass is of sweeps and of --format hlog and hgrm: a run's report has all its passes"
                .to_owned(),
        )),
        Some(Saved::Capacity(found)) => {
            let format = text_format(args.format, "a search for capacity", "")?;
            capacity::show(found, format, args.steps)
        }
        Some(Saved::Selftest(found)) if args.format == OutputFormat::Terminal => {
            selftest::show(found)
        }
        Some(Saved::Selftest(_)) => Err(Failure::Usage(
            "a selftest is printed as text: leave out --format".to_owned(),
        )),
        None => Ok(()),
    }
}

/// The format of what has no others; refuses those of a run.
fn text_format(format: OutputFormat, what: &str, help: &str) -> Result<TextFormat, Failure> {
    match format {
        OutputFormat::Terminal => Ok(TextFormat::Terminal),
        OutputFormat::Json => Ok(TextFormat::Json),
        _ => Err(Failure::Usage(format!(
            "{what} is printed with --format terminal or json, or onto a page with --out{help}"
        ))),
    }
}

/// Refuses several records where there is no page for them, and a page that
/// would replace one.
fn check_records(
    args: &ReportArgs,
    page: Option<&Path>,
    others: &[PathBuf],
) -> Result<(), Failure> {
    if !others.is_empty() && (page.is_none() || args.point.is_some()) {
        let flag = if page.is_none() {
            "several records go onto one page: name its file with --out report.html"
        } else {
            "--point is of one sweep: name that alone"
        };
        return Err(Failure::Usage(flag.to_owned()));
    }
    if let Some(out) = page {
        if args
            .records
            .iter()
            .any(|record| crate::paths::is_same(record, out))
        {
            return Err(Failure::Usage(format!(
                "the page would replace the record {}: name another file",
                out.display()
            )));
        }
        check_target(out)?;
    }
    Ok(())
}

/// Refuses flags that choose among histograms where none are shown.
fn check_choice(args: &ReportArgs, has_page: bool) -> Result<(), Failure> {
    let given = if args.engine.is_some() && !args.format.is_of_histograms() {
        "--engine is of --format hlog and hgrm: other reports have all engines"
    } else if has_page && args.pass.is_some() {
        "--pass is not of pages: leave out the page, or --pass"
    } else {
        return Ok(());
    };
    Err(Failure::Usage(given.to_owned()))
}

//! `report`: what is saved, drawn again. Imports `record`, `report`.

use std::path::Path;

use super::args::ReportArgs;
use super::exit::Failure;
use super::run::{check_target, show_of};
use super::{html, sweep};
use crate::record::{CAPACITY_SCHEMA, Capacity, Pass, Record, RecordError, Saved, Sweep};
use crate::report::html::Document;

/// What a file holds.
enum File {
    Run(Box<Record>),
    Sweep(Sweep),
    Capacity(Capacity),
}

impl File {
    fn load(path: &Path) -> Result<Self, Failure> {
        match Saved::load(path) {
            Ok(Saved::Run(record)) => Ok(Self::Run(record)),
            Ok(Saved::Sweep(sweep)) => Ok(Self::Sweep(sweep)),
            Err(RecordError::Schema { found, .. }) if found == CAPACITY_SCHEMA => {
                Ok(Self::Capacity(Capacity::load(path)?))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn document(&self) -> Document<'_> {
        match self {
            Self::Run(record) => Document::Run(record),
            Self::Sweep(sweep) => Document::Sweep(sweep),
            Self::Capacity(capacity) => Document::Capacity(capacity),
        }
    }
}

/// `notibench report`.
pub(super) fn report(args: &ReportArgs) -> Result<(), Failure> {
    let [path, others @ ..] = &args.records[..] else {
        return Err(Failure::Usage("name a saved record".to_owned()));
    };
    if !others.is_empty() && (args.out.is_none() || args.point.is_some()) {
        let flag = if args.out.is_none() {
            "several records go onto one page: name its file with --out report.html"
        } else {
            "--point is of one sweep: name that alone"
        };
        return Err(Failure::Usage(flag.to_owned()));
    }
    if let Some(out) = &args.out {
        if args
            .records
            .iter()
            .any(|record| super::run::is_same(record, out))
        {
            return Err(Failure::Usage(format!(
                "--out would replace the record {}: name another file",
                out.display()
            )));
        }
        check_target(out)?;
    }
    check_choice(args)?;
    let pass = args.pass.map_or(Pass::Fresh, Pass::from);
    let show = |record: &Record| show_of(record, args.format, args.engine.as_deref(), pass);
    let saved: Vec<File> = args
        .records
        .iter()
        .map(|path| File::load(path))
        .collect::<Result<_, _>>()?;
    if let Some(value) = &args.point {
        let point = match saved.first() {
            Some(File::Sweep(found)) => sweep::find_point(found, value)?,
            _ => {
                return Err(Failure::Usage(format!(
                    "{} holds no sweep: leave out --point",
                    path.display()
                )));
            }
        };
        return match &args.out {
            Some(out) => html::write(out, &[Document::Run(&point.record)]),
            None => show(&point.record),
        };
    }
    let documents: Vec<Document<'_>> = saved.iter().map(File::document).collect();
    match (&args.out, saved.first()) {
        (Some(out), _) => html::write(out, &documents),
        (None, Some(File::Sweep(found))) => sweep::show(found, args.format, pass),
        (None, Some(File::Run(record))) => {
            if args.pass.is_some() && !args.format.is_of_histograms() {
                return Err(Failure::Usage(
                    "--pass is of sweeps and of --format hlog and hgrm: a run's report has all its \
                     passes"
                        .to_owned(),
                ));
            }
            show(record)
        }
        (None, Some(File::Capacity(_))) => Err(Failure::Usage(format!(
            "{} holds a search for capacity: name a page for it with --out report.html",
            path.display()
        ))),
        (None, None) => Ok(()),
    }
}

/// Refuses flags that choose among histograms where none are shown.
fn check_choice(args: &ReportArgs) -> Result<(), Failure> {
    let given = if args.engine.is_some() && !args.format.is_of_histograms() {
        "--engine is of --format hlog and hgrm: other reports have all engines"
    } else if args.out.is_some() && args.pass.is_some() {
        "--pass is not of pages: leave out --out, or --pass"
    } else {
        return Ok(());
    };
    Err(Failure::Usage(given.to_owned()))
}

//! `completions` and `man`, made from the flags themselves.

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::args::Arguments;
use crate::args::manual::{CompletionsArgs, ManArgs};
use crate::exit::{Failure, note, print};
use notibench_core::unit::atomic_file::write_atomically;
use notibench_core::unit::quantity::counted;

/// `notibench completions`.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut Arguments::command(),
        "notibench",
        &mut script,
    );
    print(&String::from_utf8_lossy(&script))
}

/// `notibench man`.
pub(crate) fn man(args: &ManArgs) -> Result<(), Failure> {
    let mut command = Arguments::command();
    // names the pages of the subcommands after the whole command
    command.build();
    let Some(folder) = &args.out else {
        return print(&String::from_utf8_lossy(&page(command)?));
    };
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::Error(format!(
            "cannot make the folder {}: {error}; name another with --out",
            folder.display()
        ))
    })?;
    let shown = |command: &&clap::Command| !command.is_hide_set();
    let subcommands: Vec<clap::Command> =
        command.get_subcommands().filter(shown).cloned().collect();
    let pages = subcommands.len() + 1;
    for command in std::iter::once(command).chain(subcommands) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let path = folder.join(format!("{name}.1"));
        let page = page(command)?;
        write_atomically(&path, |out| out.write_all(&page))?;
    }
    let pages = counted(pages, "page");
    note(format_args!("wrote {pages} to {}", folder.display()));
    Ok(())
}

fn page(command: clap::Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}

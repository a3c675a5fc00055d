//! The command `notibench`.

fn main() -> std::process::ExitCode {
    notibench::main()
}

//! Other processes that keep the processors busy.

use std::io::Read;
use std::process::{Child, Command, Stdio};

/// The processes; they end with this value, and with this process.
pub(crate) struct Burners(Vec<Child>);

impl Burners {
    /// Starts so many.
    ///
    /// # Errors
    /// Where one cannot be started.
    pub(crate) fn start(count: usize) -> Result<Self, String> {
        let mut burners = Self(Vec::new());
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        for _ in 0..count {
            let burner = Command::new(&program)
                .arg("--burn")
                .stdin(Stdio::piped())
                .spawn();
            burners.0.push(burner.map_err(|error| error.to_string())?);
        }
        Ok(burners)
    }
}

impl Drop for Burners {
    fn drop(&mut self) {
        for burner in &mut self.0 {
            // one that has ended cannot be ended
            let _ = burner.kill();
            let _ = burner.wait();
        }
    }
}

/// Works until the standard input ends, with short pauses, so that processors
/// are taken from others and given back all the time.
pub(crate) fn burn() -> ! {
    std::thread::spawn(|| {
        let mut room = [0; 64];
        while std::io::stdin()
            .read(&mut room)
            .is_ok_and(|count| count > 0)
        {}
        std::process::exit(0);
    });
    let mut word = 1_u64;
    loop {
        for at in 0..1 << 20 {
            word = notibench_core::unit::mix::mix(word ^ at);
        }
        std::hint::black_box(word);
        if word.is_multiple_of(4) {
            std::thread::sleep(std::time::Duration::from_micros(word % 2_048));
        }
    }
}

//! Plugs a component with others whose exports it imports, into one file: what `wac plug` does, without installing it.
//!
//! ```sh
//! cargo run --example plug -- SOCKET.wasm PLUG.wasm… OUT.wasm
//! ```

use anyhow::{Result, bail};
use outwit_host_test::plugged;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [socket, plugs @ .., out] = &*arguments else { bail!("expected SOCKET.wasm PLUG.wasm… OUT.wasm") };
    let plugs: Vec<Vec<u8>> = plugs.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    std::fs::write(out, plugged(&std::fs::read(socket)?, &plugs)?)?;
    Ok(())
}

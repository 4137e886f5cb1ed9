//! How the commands that deliver reach the network.

use crate::cli::Context;
use crate::net::Wire;

/// How this machine gets out, as the settings say.
pub(in crate::cli) fn wire(context: &Context) -> Wire {
    let settings = &context.settings;
    Wire {
        proxy: settings.network_proxy.value.clone(),
        ca: settings.ca_file(&context.paths),
        connect: settings.network_connect.value.duration(),
        whole: settings.network_whole.value.duration(),
    }
}

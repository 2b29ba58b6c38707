//! Settings that every vendor has.

/// The setting that replaces the address of a vendor's requests. Shells set no variable with a hyphen in its name.
pub fn base_setting(vendor: &str) -> String {
    [&vendor.to_ascii_uppercase().replace('-', "_"), "BASE_URL"].join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_can_set_the_base_of_any_vendor() {
        assert_eq!(base_setting("accelo"), "ACCELO_BASE_URL");
        assert_eq!(base_setting("amazon-gateway"), "AMAZON_GATEWAY_BASE_URL");
    }
}

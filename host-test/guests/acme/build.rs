fn main() {
    kit_build::component_of("../../linked/acme/wit");
}

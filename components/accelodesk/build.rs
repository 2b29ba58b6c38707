fn main() {
    kit_build::component();
}

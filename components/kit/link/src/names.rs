//! Names inside a component that nothing outside of it sees: how its core module calls what it exports, and what the component for each
//! interface imports. wit-component makes them of the names in WIT; short ones make a vendor's component 3 % smaller.

use std::collections::HashMap;
use std::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent, component_utils};
use wasm_encoder::{
    Alias, Component, ComponentAliasSection, ComponentImportSection, ComponentInstanceSection, ExportSection,
};
use wasmparser_link::{
    ComponentAlias, ComponentAliasSectionReader, ComponentImportSectionReader, ComponentInstance, CustomSectionReader,
    Export, Parser,
};

/// The component with short names inside, and without its section `component-name`, which is for debuggers.
///
/// # Errors
///
/// It is no component.
pub fn shorten(component: &[u8]) -> Result<Vec<u8>, Error> {
    let mut shortened = Component::new();
    Short::default().parse_component(&mut shortened, Parser::new(0), component)?;
    Ok(shortened.finish())
}

/// The short names, by the long ones.
#[derive(Default)]
struct Short(HashMap<String, String>);

impl Short {
    /// The short name of what nothing outside sees: the exports of a core module that WIT names have a `#`, and what the component
    /// for an interface imports begins with `import-`.
    fn short(&mut self, name: &str) -> Option<&str> {
        let next = self.0.len();
        let inside = name.contains('#') || name.starts_with("import-");
        inside.then(|| &**self.0.entry(name.to_owned()).or_insert_with(|| format!("x{next:x}")))
    }

    fn name<'n>(&'n mut self, name: &'n str) -> &'n str {
        self.short(name).unwrap_or(name)
    }
}

impl Reencode for Short {
    type Error = Infallible;

    fn parse_export(&mut self, exports: &mut ExportSection, export: Export<'_>) -> Result<(), Error> {
        let (kind, index) = (self.export_kind(export.kind)?, self.external_index(export.kind, export.index)?);
        exports.export(self.name(export.name), kind, index);
        Ok(())
    }
}

impl ReencodeComponent for Short {
    fn parse_component_custom_section(
        &mut self,
        component: &mut Component,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Error> {
        match section.name() {
            "component-name" => Ok(()),
            _ => component_utils::parse_component_custom_section(self, component, section),
        }
    }

    fn parse_component_alias_section(
        &mut self,
        aliases: &mut ComponentAliasSection,
        section: ComponentAliasSectionReader<'_>,
    ) -> Result<(), Error> {
        for alias in section {
            match alias? {
                ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                    let instance = self.instance_index(instance_index);
                    aliases.alias(Alias::CoreInstanceExport { instance, kind: kind.into(), name: self.name(name) });
                }
                other => _ = aliases.alias(self.component_alias(other)?),
            }
        }
        Ok(())
    }

    fn parse_component_import_section(
        &mut self,
        imports: &mut ComponentImportSection,
        section: ComponentImportSectionReader<'_>,
    ) -> Result<(), Error> {
        for import in section {
            let import = import?;
            let ty = self.component_type_ref(import.ty)?;
            match self.short(import.name.name) {
                Some(short) => imports.import(short, ty),
                None => imports.import(import.name, ty),
            };
        }
        Ok(())
    }

    fn parse_component_instance(
        &mut self,
        instances: &mut ComponentInstanceSection,
        instance: ComponentInstance<'_>,
    ) -> Result<(), Error> {
        let ComponentInstance::Instantiate { component_index, args } = instance else {
            return component_utils::parse_component_instance(self, instances, instance);
        };
        let mut arguments = Vec::new();
        for arg in &args {
            let index = self.component_external_index(arg.kind, arg.index);
            arguments.push((self.name(arg.name).to_owned(), arg.kind.into(), index));
        }
        instances.instantiate(self.component_index(component_index), arguments);
        Ok(())
    }
}

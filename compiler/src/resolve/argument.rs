//! Arguments as they were given, worked out before the layer or block reads them.

use super::Resolver;
use super::scope::Scope;
use crate::layer::arguments::Given;
use crate::parse::tree::Argument;

impl<'a> Resolver<'a> {
    pub fn given(&mut self, arguments: &[Argument], scope: &mut Scope<'a>) -> Vec<Given> {
        let given = arguments.iter().map(|argument| Given {
            name: argument
                .name
                .as_ref()
                .map(|name| (name.to_string(), name.into())),
            datum: self.datum(&argument.value, scope),
            place: argument.value.place,
            written: argument.value.to_string(),
        });
        given.collect()
    }
}

//! The guest's side of the contract's world `complete`: that wit-bindgen can bind all of it.
//!
//! The interface `host` is part of the contract, and what cannot be bound could not be mended once it is released. No
//! component is made of it, since what is left of the bindings would change what the program here imports.
#![expect(unsafe_code, reason = "the canonical ABI is pointers and lengths; the generated code alone deals with them")]

wit_bindgen::generate!({ path: "../../wit", world: "complete" });

//! The guest's side of the contract's world `complete`: that wit-bindgen can bind all of it.
//!
//! The interface `host` is part of the contract, and what cannot be bound could not be mended once it is released.

wit_bindgen::generate!({ path: "../../wit", world: "complete", generate_all });

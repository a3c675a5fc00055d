//! How sessions count views, as it lies in the library, and its model.

#[path = "../../../../core/src/admission/counting.rs"]
mod counting;
#[path = "../first_views.rs"]
mod first_views;
#[path = "../../../../core/src/admission/held_back.rs"]
mod held_back;

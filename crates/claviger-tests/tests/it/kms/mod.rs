mod across_accounts;
mod aliases;
mod deletion;
mod lists;
mod operations;
mod policies;
mod rotation;
mod states;

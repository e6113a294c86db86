//! Every layer, from one table of cases: values and gradients against the `f64` twins and against PyTorch, no allocation, the
//! same bits on any number of threads, training, saving and loading.

mod allocation;
mod outcome;
mod pages;
mod pytorch;
mod row;
mod sample;
mod table;
mod threads;
mod training;
mod twins;

mod lifecycle;
mod replicas;
mod values;

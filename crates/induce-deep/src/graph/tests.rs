//! Filters told in order, and what networks of graphs keep.

//! The settings of spectral clustering: plain data.

use induce_core::model::{Space, range};
use induce_core::{Result, choices, settings};

use crate::cluster::kmeans::Clusters;
use crate::graph::{Edges, Laplacian, Similarity, Weights};

choices! {
    /// Whose eigenvectors nodes are placed by.
    pub enum Kind {
        /// `I - D^-1 W`, whose clusters have small normalised cuts (Shi & Malik 2000).
        RandomWalk = "random_walk",
        /// `I - D^-1/2 W D^-1/2`, rows of the embedding scaled to length 1 (Ng, Jordan & Weiss 2001).
        Symmetric = "symmetric",
        /// `D - W`, whose clusters have small ratio cuts.
        Unnormalized = "unnormalized",
    }
}

choices! {
    /// How clusters are read off the embedding.
    pub enum Assign {
        /// k-means, the best of several starts.
        Kmeans = "kmeans",
        /// The rotation nearest to indicators, by turns (Yu & Shi 2003).
        Discretize = "discretize",
        /// Representative nodes by pivoted QR (Damle, Minden & Ying 2019).
        ClusterQr = "cluster_qr",
    }
}

settings! {
    /// What a run of spectral clustering may be told.
    ///
    /// ```
    /// use induce_learn::cluster::spectral::Spec;
    /// assert!(Spec::default().check().is_ok());
    /// assert!(Spec { gamma: 0.0, ..Spec::default() }.check().is_err());
    /// ```
    pub struct Spec {
        /// Number of clusters; `auto` is where the eigenvalues make their largest step
        n_clusters: Clusters = Clusters::Auto, search Space::Whole(2, 20);
        /// Which rows are joined: nearest of each other, nearest of one, within a radius, or all
        edges: Edges = Edges::Mutual, search Space::OneOf(&["mutual", "neighbors"]);
        /// Nearest neighbours of each row
        n_neighbors: usize = 15, in range::to(1, 1_000), search Space::Whole(5, 40);
        /// Largest distance of rows that are joined
        radius: f64 = 1.0, in range::above(0.0), when edges ["radius"];
        /// How similar joined rows are: by their own scales, by one scale, or all alike
        weights: Weights = Weights::SelfTuning, search Space::OneOf(Weights::NAMES);
        /// Scale of `rbf`: exp(-gamma d^2)
        gamma: f64 = 1.0, in range::above(0.0), when weights ["rbf"];
        /// Join what the graph leaves apart by the shortest edges there are
        connect: bool = true;
        /// Whose eigenvectors rows are placed by
        laplacian: Kind = Kind::RandomWalk, search Space::OneOf(Kind::NAMES);
        /// How clusters are read off the eigenvectors
        assign_labels: Assign = Assign::Kmeans, search Space::OneOf(Assign::NAMES);
        /// Eigenvectors that are coordinates; 0 is as many as there are clusters
        n_components: usize = 0, in range::to(0, 10_000), when assign_labels ["kmeans"];
        /// Starts of k-means, the best of which counts; 0 is 10 for few rows, down to 1 for many
        n_init: usize = 0, in range::to(0, 1_000), when assign_labels ["kmeans"];
        /// Most clusters that the eigenvalues may choose
        max_clusters: usize = 20, in range::to(1, 1_000), when n_clusters ["auto"];
        /// Mean degrees added to every degree, where a few nodes with few edges would be clusters of their own
        regularization: f64 = 0.0, in range::at_least(0.0);
        /// Bring columns to mean 0 and deviation 1
        standardize: bool = false;
        /// Residual of an eigenvector that is good enough
        tolerance: f64 = 1e-8, in range::open(0.0, 1.0);
    }
}

impl Spec {
    /// Hold every setting against its range.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()
    }

    /// The similarity graph of rows.
    pub fn similarity(&self) -> Similarity {
        Similarity {
            edges: self.edges,
            weights: self.weights,
            neighbors: self.n_neighbors,
            radius: self.radius,
            gamma: self.gamma,
            connect: self.connect,
        }
    }

    /// How many clusters are asked for, if they are.
    pub(super) fn asked(&self) -> Option<usize> {
        match self.n_clusters {
            Clusters::Fixed(k) => Some(k),
            Clusters::Auto => None,
        }
    }

    pub(super) fn kind(&self) -> Laplacian {
        match self.laplacian {
            Kind::RandomWalk => Laplacian::RandomWalk,
            Kind::Symmetric => Laplacian::Symmetric,
            Kind::Unnormalized => Laplacian::Unnormalized,
        }
    }
}

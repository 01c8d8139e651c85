//! Ratings in model files.

use super::Ratings;
use crate::Result;
use crate::linalg::Csr;
use crate::model::{FeatureType, Schema};
use crate::model_file::ModelFile;

impl Ratings {
    /// Put them into a model file.
    ///
    /// # Errors
    /// If names cannot be written as JSON.
    pub fn put(&self, file: &mut ModelFile) -> Result<()> {
        file.put_json("ratings", &self.schema)?;
        let starts: Vec<u64> = self.by_user.starts().iter().map(|start| *start as u64).collect();
        file.put("ratings.starts", starts);
        file.put("ratings.items", self.by_user.index().to_vec());
        file.put("ratings.values", self.by_user.value().to_vec());
        Ok(())
    }

    /// Those of a model file.
    ///
    /// # Errors
    /// If they are damaged.
    pub fn open(file: &ModelFile) -> Result<Self> {
        let schema: Schema = file.json("ratings")?;
        let [users, items] = &schema.features[..] else {
            return Err(file.fault("its ratings have not two columns of names"));
        };
        let (FeatureType::Category(users), FeatureType::Category(items)) =
            (&users.feature_type, &items.feature_type)
        else {
            return Err(file.fault("users and items of its ratings have no names"));
        };
        let starts: Vec<usize> = file
            .values_of::<u64>("ratings.starts", users.len() + 1)?
            .iter()
            .map(|start| *start as usize)
            .collect();
        let (index, values) = (
            file.values::<u32>("ratings.items")?.to_vec(),
            file.values::<f64>("ratings.values")?.to_vec(),
        );
        if values.is_empty() {
            return Err(file.fault("it has no rating"));
        }
        let by_user = Csr::from_vecs(items.len(), starts, index, values)
            .map_err(|error| file.fault(format!("its ratings are no matrix: {error}")))?;
        Ok(Self {
            by_item: by_user.transposed(),
            by_user,
            schema,
        })
    }
}

//! Parameters in model files.

use induce_core::Result;
use induce_core::model_file::{ModelFile, Tensor};
use induce_tensor::{Parameter, Parameters};

/// Put all parameters into a model file, under their names.
///
/// # Errors
/// If a shape does not fit its values: a mistake of the caller.
pub fn put_parameters(file: &mut ModelFile, parameters: &Parameters) -> Result<()> {
    for (parameter, name, shape) in parameters.iter() {
        let tensor = Tensor::new(shape.lengths().to_vec(), parameters.values(parameter).to_vec())?;
        file.tensors.insert(name.into(), tensor);
    }
    Ok(())
}

/// Whether a model file has about as many values as a network of `size` weights, before anything is allocated for it: what
/// a header claims is bound by what the file has.
///
/// # Errors
/// If it has far fewer.
pub fn check_size(file: &ModelFile, size: Option<u64>) -> Result<()> {
    let there: usize = file.tensors.values().map(|tensor| tensor.array.len()).sum();
    let claimed = size.and_then(|size| usize::try_from(size).ok());
    match claimed {
        Some(claimed) if claimed / 4 <= there => Ok(()),
        _ => Err(file.fault(format!(
            "its header is of a larger network than its {there} values"
        ))),
    }
}

/// The network of a model file, of about so many weights, and these: without a seed `new` leaves them 0.
///
/// # Errors
/// If the file has far fewer weights, a tensor is missing or of another shape, or a weight is NaN.
pub fn read_network<N>(
    file: &ModelFile,
    size: Option<u64>,
    new: impl FnOnce(&mut Parameters) -> N,
) -> Result<(N, Parameters)> {
    check_size(file, size)?;
    let mut parameters = Parameters::default();
    let network = new(&mut parameters);
    read_parameters(file, &mut parameters)?;
    match parameters.all().iter().find(|x| x.is_nan()) {
        Some(value) => Err(file.fault(format!("a weight is {value}"))),
        None => Ok((network, parameters)),
    }
}

/// Read all parameters from a model file, every one of the shape that it has.
///
/// # Errors
/// If a tensor is missing or of another shape.
pub fn read_parameters(file: &ModelFile, parameters: &mut Parameters) -> Result<()> {
    let all: Vec<(Parameter, String)> = parameters.iter().map(|(p, name, _)| (p, name.into())).collect();
    for (parameter, name) in all {
        let (shape, tensor) = (parameters.shape(parameter), file.tensor(&name)?);
        if tensor.shape != shape.lengths() {
            return Err(file.fault(format!(
                "tensor `{name}` has the shape {:?} where {shape} belongs",
                tensor.shape
            )));
        }
        let values = file.values::<f32>(&name)?;
        parameters.values_mut(parameter).copy_from_slice(values);
    }
    Ok(())
}

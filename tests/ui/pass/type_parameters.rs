use truto_core::{Request, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct Wrapper<T, const N: usize = 1>
where
    T: Clone,
{
    pub value: T,
}

#[unified_endpoint(method = "GET", path = "/unified/m/pairs/<id>")]
#[derive(serde::Deserialize)]
pub struct Pair<A: Clone, B>(pub A, pub B)
where
    B: Clone;

// Parameters that are there only under some conditions.
#[unified_endpoint(method = "GET", path = "/unified/m/some/<id>")]
#[unified_endpoint(method = "GET", path = "/unified/m/some")]
#[derive(serde::Deserialize)]
pub struct Conditional<
    #[cfg(any())] T,
    #[cfg(not(target_os = "none"))] U,
    #[cfg(not(target_os = "none"))]
    #[cfg(any())] const N: usize,
> {
    #[cfg(any())]
    pub first: [T; N],
    pub second: U,
}

// Attributes of parameters, which belong to the struct and its derive macros.
#[unified_endpoint(method = "GET", path = "/unified/m/marked/<id>")]
#[unified_endpoint(method = "GET", path = "/unified/m/marked")]
#[derive(serde::Deserialize)]
pub struct Marked<
    /// The first field.
    #[allow(unused)] T,
    #[cfg_attr(all(), cfg(any()))] U,
    #[cfg_attr(any(), cfg(any()))]
    #[cfg_attr(all(), allow(unused))] V,
> {
    #[cfg(any())]
    pub none: U,
    pub some: (T, V),
}

#[test]
fn compiles() {
    let _: Request<Marked<u8, String>> = Marked::get("1");
    let _: Request<truto_core::Page<Marked<u8, u8>>> = Marked::list();
    let _: Request<Conditional<u8>> = Conditional::get("1");
    let _: Request<truto_core::Page<Conditional<u8>>> = Conditional::list();
    let _: Request<truto_core::Page<Wrapper<u8>>> = Wrapper::<u8>::list();
    let _ = Wrapper::<String, 2>::delete("1");
    let _: Request<Pair<u8, String>> = Pair::get("1");
}

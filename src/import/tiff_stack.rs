//! How many pictures a TIFF file says that it has, in the descriptions of ImageJ and its kin, of OME, and of tifffile. What it
//! says by tags is in `tiff_tags`.

/// Pictures that a file should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Announced {
    pub by: By,
    pub pictures: u64,
}

/// Who describes pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// ImageJ and what writes as it does; all pictures may lie behind one directory.
    ImageJ,
    /// tifffile for Python: each array that is written has a description, and may have one directory.
    Tifffile,
    Ome,
    /// These three have one directory for all pictures, as well.
    MetaMorph,
    IpLab,
    NihImage,
    FluoView,
}

impl By {
    /// Whether all pictures may lie one behind the other, with a directory for the first one only.
    pub(super) fn has_pictures_behind(self) -> bool {
        !matches!(self, Self::Ome | Self::FluoView)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ImageJ => "ImageJ",
            Self::Tifffile => "tifffile",
            Self::Ome => "OME",
            Self::MetaMorph => "MetaMorph",
            Self::IpLab => "IPLab",
            Self::NihImage => "NIH Image",
            Self::FluoView => "FluoView",
        }
    }
}

/// What one directory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageShape {
    pub width: u64,
    pub height: u64,
    pub samples: u64,
}

pub(super) type Refusal = (String, &'static str);

const ONE_AXIS: &str = "keep one channel and one level, so that only time is left: in ImageJ Image > Duplicate… with one \
                        channel and one slice";
const MEND: &str = "open it in ImageJ and save it again, so that its description says what is there";

/// What a description says; an error if the pictures aren't a series in time alone, or nobody can tell how many there are.
pub(super) fn announced(description: &str, page: PageShape) -> Result<Option<Announced>, Refusal> {
    if is_like_imagej(description) {
        let pictures = by_imagej(description)?;
        return Ok(pictures.map(|pictures| Announced {
            by: By::ImageJ,
            pictures,
        }));
    }
    if let Some(shape) = shape_by_tifffile(description) {
        return Ok(pictures_of_shape(&shape, page).map(|pictures| Announced {
            by: By::Tifffile,
            pictures,
        }));
    }
    let pictures = by_ome(description)?;
    Ok(pictures.map(|pictures| Announced { by: By::Ome, pictures }))
}

/// Whether it begins as ImageJ's do: `ImageJ=1.53t`. SCIFIO (of Fiji) writes the same under its own name.
fn is_like_imagej(description: &str) -> bool {
    let name = description.split('=').next().unwrap_or_default().trim();
    description.contains('=')
        && ["ImageJ", "SCIFIO"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
}

fn by_imagej(description: &str) -> Result<Option<u64>, Refusal> {
    let images = count_by_imagej(description, "images")?;
    let axes = ["channels", "slices", "frames"].map(|key| count_by_imagej(description, key));
    let [channels, slices, frames] = axes;
    let axes = [channels?, slices?, frames?];
    let [channels, slices, frames] = axes.map(|count| count.unwrap_or(1));
    one_axis("ImageJ", channels, slices, frames)?;
    let product = channels.saturating_mul(slices).saturating_mul(frames);
    match images {
        Some(images) if axes.iter().any(Option::is_some) && images != product => Err((
            format!("{images} pictures and {product} by one description (ImageJ)"),
            MEND,
        )),
        Some(images) => Ok(Some(images)),
        None => Ok(Some(product).filter(|&product| product > 1)),
    }
}

/// The count of this name; an error for what is no count, or for several that differ.
fn count_by_imagej(description: &str, key: &str) -> Result<Option<u64>, Refusal> {
    /// More pictures than any file has.
    const ABSURD: f64 = 1e12;
    let mut found = None;
    for line in description.split(['\n', '\r']) {
        let Some((_, text)) = line.split_once('=').filter(|(name, _)| name.trim() == key) else {
            continue;
        };
        // Some programs write counts as 6.0.
        let number = text.trim().parse::<f64>().unwrap_or(f64::NAN);
        if !(1.0..=ABSURD).contains(&number) || number.fract() != 0.0 {
            let shown: String = line.trim().chars().take(40).filter(|c| !c.is_control()).collect();
            return Err((
                format!("`{shown}` in its description (ImageJ), which is no count"),
                MEND,
            ));
        }
        let count = number as u64;
        if found.is_some_and(|before| before != count) {
            return Err((format!("two counts of {key} in its description (ImageJ)"), MEND));
        }
        found = Some(count);
    }
    Ok(found)
}

/// The shape of an array that tifffile wrote: `{"shape": [6, 20, 32]}`, before 2018 `shape=(6, 20, 32)`.
fn shape_by_tifffile(description: &str) -> Option<Vec<u64>> {
    let description = description.trim();
    if let Some(list) = description
        .strip_prefix("shape=(")
        .and_then(|rest| rest.split(')').next())
    {
        let lengths = list.split(',').map(str::trim).filter(|length| !length.is_empty());
        return lengths.map(|length| length.parse().ok()).collect();
    }
    let page: serde_json::Value = serde_json::from_str(description).ok()?;
    page.get("shape")?
        .as_array()?
        .iter()
        .map(serde_json::Value::as_u64)
        .collect()
}

/// Pictures in an array of this shape; `None` if its pictures aren't those of the directory: other programs keep
/// descriptions when they change a picture.
fn pictures_of_shape(shape: &[u64], page: PageShape) -> Option<u64> {
    let of_page = [page.height, page.width];
    let with_samples = [page.height, page.width, page.samples];
    if !shape.ends_with(&of_page) && !shape.ends_with(&with_samples) {
        return None;
    }
    let values = shape
        .iter()
        .try_fold(1_u64, |product, &length| product.checked_mul(length))?;
    let of_page = page.width.checked_mul(page.height)?.checked_mul(page.samples)?;
    (of_page > 0 && values.is_multiple_of(of_page)).then(|| values / of_page)
}

fn by_ome(description: &str) -> Result<Option<u64>, Refusal> {
    let Some(pixels) = description.find("<OME").and_then(|_| description.find("<Pixels")) else {
        return Ok(None);
    };
    let tag = &description[pixels..];
    let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
    let size = |key: &str| {
        let found = tag.split_once(&format!("{key}=\""))?.1;
        found.split('"').next()?.parse::<u64>().ok()
    };
    let (Some(channels), Some(levels), Some(frames)) = (size("SizeC"), size("SizeZ"), size("SizeT")) else {
        return Ok(None);
    };
    // Colours of one picture count as channels as well.
    let in_picture = description.matches("<Channel").count() as u64;
    let channels = if in_picture == 1 { 1 } else { channels };
    one_axis("OME", channels, levels, frames)?;
    // The pictures may be in several files, each of which describes all.
    if description.contains("FileName=") {
        return Ok(None);
    }
    Ok(Some(levels.saturating_mul(frames)))
}

/// A series along one axis is taken for one in time: many programs count frames as slices.
pub(super) fn one_axis(by: &str, channels: u64, levels: u64, frames: u64) -> Result<(), Refusal> {
    if channels > 1 || levels > 1 && frames > 1 {
        let found = format!("{channels} channels, {levels} levels and {frames} frames by its description ({by})");
        return Err((found, ONE_AXIS));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: PageShape = PageShape {
        width: 32,
        height: 20,
        samples: 1,
    };

    fn pictures(description: &str) -> Option<u64> {
        announced(description, PAGE).unwrap().map(|found| found.pictures)
    }

    #[test]
    fn descriptions_of_stacks() {
        for text in [
            "ImageJ=1.53t\nimages=6\nframes=6\nloop=false\n",
            "ImageJ=1.53t\nimages=6\nslices=6\n",
            "ImageJ=1.53\nslices=6\n",
            "ImageJ=1.53\nframes=6\nhyperstack=true\n",
            "ImageJ=1.53\nimages=6.0\n",
            "ImageJ=1.53\nimages = 6\n",
            "ImageJ=1.53\rimages=6\rslices=6\r",
            "ImageJ=1.53\r\nimages=6\r\nslices=6\r\n",
            "ImageJ=\nimages=6",
            "imageJ=1.5\nimages=6",
            "SCIFIO=0.1\nimages=6\nslices=6",
            "{\"shape\": [6, 20, 32], \"truncated\": true}",
            "{\"shape\": [2, 3, 20, 32, 1]}",
            "shape=(6, 20, 32)",
        ] {
            assert_eq!(pictures(text), Some(6), "{text}");
        }
        for text in [
            "",
            "a picture",
            "images=7",
            "ImageJ=1.53t\nunit=cm\n",
            "{\"shape\": [6, 10, 16]}",
            "{\"shape\": [6.5, 20, 32]}",
            "{\"shape\": 6}",
            "shape=(6, x, 32)",
        ] {
            assert_eq!(pictures(text), None, "{text}");
        }
        assert_eq!(pictures("{\"shape\": [20, 32]}"), Some(1));
        let in_colour = PageShape { samples: 3, ..PAGE };
        for shape in ["[6, 20, 32, 3]", "[6, 3, 20, 32]"] {
            let found = announced(&format!("{{\"shape\": {shape}}}"), in_colour);
            assert_eq!(found.unwrap().map(|found| found.pictures), Some(6), "{shape}");
        }
    }

    #[test]
    fn counts_that_are_none_are_refused() {
        for text in [
            "ImageJ=1\nimages=-6",
            "ImageJ=1\nimages=0",
            "ImageJ=1\nimages=6.5",
            "ImageJ=1\nimages=99999999999999999999",
            "ImageJ=1\nslices=many",
            "ImageJ=1\nimages=",
            "ImageJ=1\nimages=6\nimages=2",
            "ImageJ=1\nimages=6\nframes=3",
            "SCIFIO=1\nframes=inf",
        ] {
            let (found, _) = announced(text, PAGE).unwrap_err();
            assert!(found.contains("description (ImageJ)"), "{text}: {found}");
        }
    }

    #[test]
    fn descriptions_by_ome() {
        let ome = |sizes: &str, channels: &str| {
            format!(
                "<?xml version=\"1.0\"?><OME><Image><Pixels Type=\"uint8\" {sizes}>{channels}</Pixels></Image></OME>"
            )
        };
        let sizes = "SizeX=\"8\" SizeY=\"4\" SizeC=\"1\" SizeZ=\"1\" SizeT=\"5\"";
        assert_eq!(pictures(&ome(sizes, "<Channel ID=\"a\"/>")), Some(5));
        assert_eq!(
            pictures(&ome(sizes, "<TiffData><UUID FileName=\"a.tif\">1</UUID></TiffData>")),
            None
        );
        let colours = "SizeC=\"3\" SizeZ=\"1\" SizeT=\"5\"";
        assert_eq!(pictures(&ome(colours, "<Channel SamplesPerPixel=\"3\"/>")), Some(5));
        for mixed in [
            "ImageJ=1\nimages=12\nchannels=2\nframes=6",
            "ImageJ=1\nimages=12\nslices=2\nframes=6",
        ] {
            assert!(
                announced(mixed, PAGE)
                    .unwrap_err()
                    .0
                    .contains("frames by its description"),
                "{mixed}"
            );
        }
        assert!(announced(&ome(colours, "<Channel/><Channel/><Channel/>"), PAGE).is_err());
    }
}

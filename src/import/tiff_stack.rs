//! How many pictures a TIFF file says that it has, in the descriptions of ImageJ and of OME.

/// Pictures that a file should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Announced {
    /// Who says so.
    pub by: &'static str,
    pub pictures: u64,
}

const ONE_AXIS: &str = "keep one channel and one level, so that only time is left: in ImageJ Image > Duplicate… with one \
                        channel and one slice";

/// What a description says; an error if the pictures aren't a series in time alone.
pub(super) fn announced(description: &str) -> Result<Option<Announced>, (String, &'static str)> {
    if let Some(rest) = description.strip_prefix("ImageJ=") {
        let value = |key: &str| {
            let found = rest
                .lines()
                .find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
            found.and_then(|text| text.trim().parse::<u64>().ok())
        };
        let count = |key| value(key).unwrap_or(1).max(1);
        let (channels, slices, frames) = (count("channels"), count("slices"), count("frames"));
        one_axis("ImageJ", channels, slices, frames)?;
        return Ok(value("images").map(|pictures| Announced { by: "ImageJ", pictures }));
    }
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
    Ok(Some(Announced {
        by: "OME",
        pictures: levels.saturating_mul(frames),
    }))
}

/// A series along one axis is taken for one in time: many programs count frames as slices.
fn one_axis(by: &str, channels: u64, levels: u64, frames: u64) -> Result<(), (String, &'static str)> {
    if channels > 1 || levels > 1 && frames > 1 {
        let found = format!("{channels} channels, {levels} levels and {frames} frames by its description ({by})");
        return Err((found, ONE_AXIS));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures(description: &str) -> Option<u64> {
        announced(description).unwrap().map(|found| found.pictures)
    }

    #[test]
    fn descriptions_of_stacks() {
        assert_eq!(pictures("ImageJ=1.53t\nimages=6\nframes=6\nloop=false\n"), Some(6));
        assert_eq!(pictures("ImageJ=1.53t\nimages=6\nslices=6\n"), Some(6));
        assert_eq!(pictures("ImageJ=1.53t\nunit=cm\n"), None);
        for text in [
            "",
            "a picture",
            "images=7",
            "{\"shape\": [6, 20, 30]}",
            "ImageJ=x\nimages=many",
        ] {
            assert_eq!(pictures(text), None, "{text}");
        }
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
                announced(mixed).unwrap_err().0.contains("frames by its description"),
                "{mixed}"
            );
        }
        assert!(announced(&ome(colours, "<Channel/><Channel/><Channel/>")).is_err());
    }
}

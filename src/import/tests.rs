//! Pictures that tests make themselves, whole and broken.

use super::*;
use std::path::Path;

fn write_png(path: &Path, width: u32, height: u32, color: ::png::ColorType, depth: ::png::BitDepth, bytes: &[u8]) {
    let mut encoder = ::png::Encoder::new(std::fs::File::create(path).unwrap(), width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    encoder.write_header().unwrap().write_image_data(bytes).unwrap();
}

fn write_gray(path: &Path, width: u32, height: u32) {
    let bytes: Vec<u8> = (0..width * height).map(|i| i as u8).collect();
    write_png(
        path,
        width,
        height,
        ::png::ColorType::Grayscale,
        ::png::BitDepth::Eight,
        &bytes,
    );
}

fn all(pictures: &mut dyn Pictures) -> Vec<Picture> {
    std::iter::from_fn(|| pictures.next().unwrap()).collect()
}

fn failure(inputs: &[PathBuf]) -> String {
    let mut pictures = match open(inputs) {
        Ok(pictures) => pictures,
        Err(error) => return error.to_string(),
    };
    loop {
        match pictures.next() {
            Ok(Some(_)) => {}
            Ok(None) => return "no failure".to_owned(),
            Err(error) => return error.to_string(),
        }
    }
}

#[test]
fn png_of_all_sorts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    write_png(
        &path,
        2,
        1,
        ::png::ColorType::Grayscale,
        ::png::BitDepth::Sixteen,
        &[0x12, 0x34, 0xFF, 0xFF],
    );
    let picture = png::read(&path).unwrap();
    assert_eq!((picture.white, picture.levels), (u16::MAX, vec![0x1234, 0xFFFF]));
    write_png(
        &path,
        2,
        1,
        ::png::ColorType::Rgb,
        ::png::BitDepth::Eight,
        &[255, 0, 0, 10, 20, 30],
    );
    let picture = png::read(&path).unwrap();
    // 76.245 and 2.99 + 11.74 + 3.42 = 18.15.
    assert_eq!((picture.white, picture.levels), (255, vec![76, 18]));
    write_png(
        &path,
        2,
        1,
        ::png::ColorType::GrayscaleAlpha,
        ::png::BitDepth::Eight,
        &[7, 0, 9, 255],
    );
    assert_eq!(png::read(&path).unwrap().levels, [7, 9]);
    // One bit a pixel: black is 0, white 255.
    write_png(
        &path,
        8,
        1,
        ::png::ColorType::Grayscale,
        ::png::BitDepth::One,
        &[0b1010_0000],
    );
    assert_eq!(png::read(&path).unwrap().levels, [255, 0, 255, 0, 0, 0, 0, 0]);
}

#[test]
fn a_folder_is_read_in_natural_order() {
    let folder = tempfile::tempdir().unwrap();
    for (name, width) in [("f10.png", 3), ("f9.png", 3), (".hidden.png", 5)] {
        write_gray(&folder.path().join(name), width, 2);
    }
    std::fs::write(folder.path().join("notes.txt"), "x").unwrap();
    write_png(
        &folder.path().join("f1.png"),
        3,
        2,
        ::png::ColorType::Grayscale,
        ::png::BitDepth::Eight,
        &[9; 6],
    );
    for input in [folder.path().to_owned(), folder.path().join("f*.png")] {
        let mut pictures = open(&[input]).unwrap();
        assert_eq!(pictures.count(), Some(3));
        assert_eq!(pictures.size(), PictureSize { width: 3, height: 2 });
        let levels: Vec<_> = all(pictures.as_mut())
            .into_iter()
            .map(|picture| picture.levels)
            .collect();
        assert_eq!(levels, [vec![9; 6], vec![0, 1, 2, 3, 4, 5], vec![0, 1, 2, 3, 4, 5]]);
    }
    let mut pictures = open(&[folder.path().to_owned()]).unwrap();
    assert!(pictures.skip().unwrap() && pictures.skip().unwrap());
    assert!(pictures.next().unwrap().is_some() && !pictures.skip().unwrap());
}

#[test]
fn tiff_pages_are_frames() {
    use ::tiff::encoder::{TiffEncoder, colortype};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stack.tif");
    let mut encoder = TiffEncoder::new(std::fs::File::create(&path).unwrap()).unwrap();
    for page in 0..3_u16 {
        encoder
            .write_image::<colortype::Gray16>(2, 2, &[page, 1000, 2000, 65535])
            .unwrap();
    }
    drop(encoder);
    let other = folder.path().join("stack2.tif");
    std::fs::copy(&path, &other).unwrap();
    let mut pictures = open(&[other, path.clone()]).unwrap();
    let pages = all(pictures.as_mut());
    let first: Vec<u16> = pages.iter().map(|picture| picture.levels[0]).collect();
    assert_eq!(first, [0, 1, 2, 0, 1, 2]);
    assert_eq!(
        (pages[0].white, &pages[0].levels[1..]),
        (u16::MAX, &[1000, 2000, 65535][..])
    );

    let mut encoder = TiffEncoder::new(std::fs::File::create(&path).unwrap()).unwrap();
    encoder
        .write_image::<colortype::Gray32Float>(2, 1, &[0.5, 1.0])
        .unwrap();
    drop(encoder);
    assert!(failure(&[path]).contains("Gray(32)"));
}

/// A TIFF file with one directory: grey pictures of 3 × 2 pixels, one behind the other.
fn one_directory(description: &str, is_big: bool, bits: u16, compression: u16, pictures: &[[u16; 6]]) -> Vec<u8> {
    let short = |value: u16| {
        if is_big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    };
    let long = |value: u32| {
        if is_big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    };
    let entries = 9_u32;
    let (text_at, text_length) = (8 + 2 + 12 * entries + 4, description.len() as u32 + 1);
    let data_at = text_at + text_length + text_length % 2;
    let picture_bytes = 6 * u32::from(bits) / 8;
    let mut file = if is_big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
    file.extend(long(8));
    file.extend(short(entries as u16));
    for (tag, kind, count, value) in [
        (256, 3, 1, 3),
        (257, 3, 1, 2),
        (258, 3, 1, u32::from(bits)),
        (259, 3, 1, u32::from(compression)),
        (262, 3, 1, 1),
        (270, 2, text_length, text_at),
        (273, 4, 1, data_at),
        (277, 3, 1, 1),
        (279, 4, 1, picture_bytes),
    ] {
        file.extend(short(tag));
        file.extend(short(kind));
        file.extend(long(count));
        if kind == 3 {
            file.extend(short(value as u16));
            file.extend([0; 2]);
        } else {
            file.extend(long(value));
        }
    }
    file.extend(long(0));
    file.extend(description.bytes());
    file.resize(data_at as usize, 0);
    for level in pictures.as_flattened() {
        if bits == 8 {
            file.push(*level as u8);
        } else {
            file.extend(short(*level));
        }
    }
    file
}

/// ImageJ writes stacks of more than 4 GiB, and other programs all stacks for it, with one directory.
#[test]
fn stacks_with_one_directory_are_read_or_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stack.tif");
    let pictures: Vec<[u16; 6]> = (0..4)
        .map(|frame| std::array::from_fn(|pixel| 40 * frame + pixel as u16))
        .collect();
    let description = "ImageJ=1.53t\nimages=4\nframes=4\n";
    let others = [
        "{\"shape\": [4, 2, 3], \"truncated\": true}",
        "ImageJ=1.53\nslices=4\n",
        "ImageJ=1.53\nframes=4\nhyperstack=true\n",
        "ImageJ=1.53\nimages=4.0\n",
        "SCIFIO=0.1\rimages = 4\rslices=4\r",
    ];
    let orders = [(false, 8), (false, 16), (true, 8), (true, 16)];
    let described = orders.iter().map(|&how| (description, how));
    for (description, (is_big, bits)) in described.chain(others.map(|description| (description, (false, 16)))) {
        std::fs::write(&path, one_directory(description, is_big, bits, 1, &pictures)).unwrap();
        let found: Vec<Vec<u16>> = all(open(std::slice::from_ref(&path)).unwrap().as_mut())
            .into_iter()
            .map(|picture| picture.levels)
            .collect();
        assert_eq!(found, pictures, "{description} {is_big} {bits}");
    }
    // Fewer than announced, in one directory and in several; several channels; a compression that isn't read.
    std::fs::write(&path, one_directory(description, false, 16, 1, &pictures[..3])).unwrap();
    assert!(failure(std::slice::from_ref(&path)).contains("by ImageJ it has 4 pictures, and 3 can be found"));
    for description in [
        "{\"shape\": [5, 2, 3], \"truncated\": true}",
        "ImageJ=1\nimages=99999999999999999999",
        "ImageJ=1\nimages=-4",
    ] {
        std::fs::write(&path, one_directory(description, false, 16, 1, &pictures)).unwrap();
        let message = failure(std::slice::from_ref(&path));
        assert!(
            message.contains("description") && !message.contains("damaged"),
            "{message}"
        );
    }
    let channels = "ImageJ=1.53t\nimages=4\nchannels=2\nframes=2\n";
    std::fs::write(&path, one_directory(channels, false, 16, 1, &pictures)).unwrap();
    assert!(failure(std::slice::from_ref(&path)).contains("2 channels, 1 levels and 2 frames"));
    for (number, name) in [
        (50_000, "ZSTD"),
        (50_001, "WebP"),
        (34_887, "Unknown(34887)"),
        (50_002, "50002"),
    ] {
        std::fs::write(&path, one_directory("a picture", false, 16, number, &pictures[..1])).unwrap();
        let message = failure(std::slice::from_ref(&path));
        assert!(message.contains(name) && !message.contains("damaged"), "{message}");
    }
    let ome = "<?xml?><OME><Image><Pixels SizeC=\"1\" SizeT=\"3\" SizeZ=\"1\"/></Image></OME>";
    std::fs::write(&path, one_directory(ome, false, 16, 1, &pictures)).unwrap();
    assert!(failure(&[path]).contains("by OME it has 3 pictures, and 1 can be found"));
}

/// The file of [`one_directory`], little-endian, with one more tag and what it points to.
fn with_tag(mut file: Vec<u8>, tag: u16, kind: u16, count: u32, value: &[u8]) -> Vec<u8> {
    let entries = file[10..10 + 12 * 9].to_vec();
    let value_at = file.len() as u32;
    file.extend(value);
    let directory = file.len() as u32;
    file[4..8].copy_from_slice(&directory.to_le_bytes());
    file.extend(10_u16.to_le_bytes());
    file.extend(entries);
    file.extend(tag.to_le_bytes());
    file.extend(kind.to_le_bytes());
    file.extend(count.to_le_bytes());
    if value.len() <= 4 {
        file.extend(value);
        file.resize(file.len() + 4 - value.len(), 0);
    } else {
        file.extend(value_at.to_le_bytes());
    }
    file.extend([0; 4]);
    file
}

/// Microscopes' programs count planes in tags of their own.
#[test]
fn stacks_by_tags_are_read_or_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let pictures: Vec<[u16; 6]> = (0..6)
        .map(|frame| std::array::from_fn(|pixel| 40 * frame + pixel as u16))
        .collect();
    let dates = [1; 6 * 24];
    let mut header = [0; 512];
    header[260] = 6;
    for bits in [8, 16] {
        let plain = one_directory("a note", false, bits, 1, &pictures);
        for (name, file) in [
            ("a.stk", with_tag(plain.clone(), 33_629, 5, 6, &dates)),
            ("b.tif", with_tag(plain.clone(), 33_629, 5, 6, &dates)),
            ("c.tif", with_tag(plain.clone(), 34_122, 4, 1, &[6, 0, 0, 0])),
            ("d.tif", with_tag(plain.clone(), 43_314, 3, 256, &header)),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, file).unwrap();
            let found: Vec<Vec<u16>> = all(open(&[path]).unwrap().as_mut())
                .into_iter()
                .map(|picture| picture.levels)
                .collect();
            assert_eq!(found, pictures, "{name} {bits}");
        }
    }
    let one = one_directory("a note", false, 16, 1, &pictures[..1]);
    let mut dimensions = vec![0; 284];
    for (name, length) in [("X", 3_u8), ("Y", 2), ("T", 6)] {
        let mut dimension = [0; 100];
        dimension[0] = name.as_bytes()[0];
        dimension[16] = length;
        dimensions.extend(dimension);
    }
    dimensions.resize(284 + 1000, 0);
    for (file, says) in [
        (
            with_tag(one.clone(), 33_629, 5, 6, &dates),
            "by MetaMorph it has 6 pictures, and 1 can be found",
        ),
        (
            with_tag(one_directory("", false, 16, 5, &pictures), 33_629, 5, 6, &dates),
            "6 pictures behind one directory, not plain grey ones",
        ),
        (
            with_tag(one.clone(), 34_361, 1, 1284, &dimensions),
            "by FluoView it has 6 pictures, and 1 can be found",
        ),
        (
            with_tag(one.clone(), 34_412, 1, 512, &header),
            "small pictures between the others (Zeiss LSM)",
        ),
        (
            with_tag(one, 32_997, 4, 1, &[6, 0, 0, 0]),
            "volumes of 6 pictures (by its tag ImageDepth)",
        ),
    ] {
        let path = folder.path().join("refused.tif");
        std::fs::write(&path, file).unwrap();
        let message = failure(&[path]);
        assert!(message.contains(says) && !message.contains("damaged"), "{message}");
    }
}

/// Whatever is done to a file, it gives pictures or an error, and soon.
#[test]
fn nothing_in_a_picture_does_harm() {
    use ::tiff::encoder::{Compression, TiffEncoder, colortype};
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    write_gray(&file("a.png"), 20, 10);
    let levels: Vec<u16> = (0..200).map(|i| i * 300).collect();
    let encoder = TiffEncoder::new(std::fs::File::create(file("a.tif")).unwrap()).unwrap();
    let mut encoder = encoder.with_compression(Compression::Lzw);
    for _ in 0..2 {
        encoder.write_image::<colortype::Gray16>(20, 10, &levels).unwrap();
    }
    drop(encoder);
    let stack = one_directory("ImageJ=1\nimages=3\n", true, 16, 1, &[[7; 6]; 3]);
    std::fs::write(file("b.tif"), stack).unwrap();
    let planes = one_directory("", false, 16, 1, &[[7; 6]; 3]);
    std::fs::write(file("b.stk"), with_tag(planes, 33_629, 5, 3, &[1; 72])).unwrap();
    std::fs::write(file("a.jpg"), JPEG).unwrap();
    std::fs::write(file("a.pgm"), [&b"P5 20 10 255 "[..], &[9; 200]].concat()).unwrap();
    let mut random = crate::random::StreamSeed(20_261_130).generator(0);
    let (mut whole, mut slowest) = (0, std::time::Duration::ZERO);
    for name in ["a.png", "a.tif", "b.tif", "b.stk", "a.jpg", "a.pgm"] {
        let bytes = std::fs::read(file(name)).unwrap();
        assert_eq!(failure(&[file(name)]), "no failure", "{name}");
        let changed = file(&format!("changed.{}", &name[2..]));
        for attempt in 0..400 {
            let mut bytes = bytes.clone();
            if attempt % 4 == 0 {
                bytes.truncate(random.next_bits() as usize % bytes.len());
            } else {
                for _ in 0..=attempt % 3 {
                    let place = random.next_bits() as usize % bytes.len();
                    bytes[place] = if attempt % 5 == 0 {
                        0xff
                    } else {
                        random.next_bits() as u8
                    };
                }
            }
            std::fs::write(&changed, bytes).unwrap();
            let begin = std::time::Instant::now();
            whole += u32::from(failure(std::slice::from_ref(&changed)) == "no failure");
            slowest = slowest.max(begin.elapsed());
        }
    }
    // Changes of levels leave a picture.
    assert!((100..2300).contains(&whole), "{whole}");
    assert!(slowest < std::time::Duration::from_secs(5), "{slowest:?}");
}

/// A slope of grey on 32 × 24 pixels, by ffmpeg.
const JPEG: &[u8] = b"\
    \xff\xd8\xff\xfe\x00\x10\x4c\x61\x76\x63\x35\x39\x2e\x33\x37\x2e\x31\x30\x30\x00\xff\xdb\x00\x43\x00\x08\x0a\x0a\
    \x0b\x0a\x0b\x0d\x0d\x0d\x0d\x0d\x0d\x10\x0f\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x12\x12\x12\x15\x15\x15\
    \x12\x12\x12\x10\x10\x12\x12\x14\x14\x15\x15\x17\x17\x17\x15\x15\x15\x15\x17\x17\x19\x19\x19\x1e\x1e\x1c\x1c\x23\
    \x23\x24\x2b\x2b\x33\xff\xc4\x00\x50\x00\x01\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\x06\
    \x03\x07\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x03\x01\x00\x00\x00\x00\
    \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x03\x61\x11\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
    \x00\x00\x00\xff\xc0\x00\x11\x08\x00\x18\x00\x20\x03\x01\x12\x00\x02\x12\x00\x03\x12\x00\xff\xda\x00\x0c\x03\x01\
    \x00\x02\x11\x03\x11\x00\x3f\x00\xe3\xd2\x5b\x0a\x89\x2d\x80\x01\xf2\x5b\x0a\x89\x2d\x80\x01\xf2\x5b\x0a\x89\x2d\
    \x80\x01\xf2\x5b\x0a\x89\x2d\x80\x04\xfc\x96\xc1\x29\x00\x1b\x49\x6c\x12\x90\x01\xb4\x96\xc1\x29\x00\x1b\x49\x6c\
    \x12\x90\x01\xff\xd9";

/// 32 × 16 black pixels, by ffmpeg: three channels, all of them sampled 1 × 2.
const BLACK_JPEG: &[u8] = b"\
    \xff\xd8\xff\xe0\x00\x10\x4a\x46\x49\x46\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00\xff\xfe\x00\x10\x4c\x61\x76\
    \x63\x35\x39\x2e\x33\x37\x2e\x31\x30\x30\x00\xff\xdb\x00\x43\x00\x08\x0a\x0a\x0b\x0a\x0b\x0d\x0d\x0d\x0d\x0d\
    \x0d\x10\x0f\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x12\x12\x12\x15\x15\x15\x12\x12\x12\x10\x10\x12\x12\
    \x14\x14\x15\x15\x17\x17\x17\x15\x15\x15\x15\x17\x17\x19\x19\x19\x1e\x1e\x1c\x1c\x23\x23\x24\x2b\x2b\x33\xff\
    \xc4\x00\x4b\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x01\x01\x00\x00\x00\
    \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
    \x00\x00\x00\x00\x11\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xc0\x00\x11\x08\
    \x00\x10\x00\x20\x03\x01\x12\x00\x02\x12\x00\x03\x12\x00\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\
    \x00\x9f\xc0\x00\x00\x00\x00\x00\x7f\xff\xd9";

/// A black picture of 8 × 8 pixels in JPEG-LS, by ffmpeg.
const JPEG_LS: &[u8] = b"\
    \xff\xd8\xff\xf7\x00\x11\x08\x00\x08\x00\x08\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00\xff\xda\x00\x0c\x03\x01\
    \x00\x02\x00\x03\x00\x00\x01\x00\xff\x7f\xff\x7f\xff\x7f\xfc\xff\xd9";

#[test]
fn jpegs_whose_channels_are_sampled_alike_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jpg");
    std::fs::write(&path, BLACK_JPEG).unwrap();
    let picture = jpeg::read(&path).unwrap();
    assert_eq!((picture.size.width, picture.size.height), (32, 16));
    assert!(picture.levels.iter().all(|&level| level == 0), "{:?}", picture.levels);
    // What comes after the picture is none of it; without its end it is damaged.
    std::fs::write(&path, [BLACK_JPEG, b"\0\0\0"].concat()).unwrap();
    assert!(jpeg::read(&path).is_ok());
    std::fs::write(&path, &BLACK_JPEG[..BLACK_JPEG.len() - 10]).unwrap();
    assert!(failure(&[path]).contains("damaged"));
}

#[test]
fn sorts_of_jpeg_that_are_not_read_are_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jpg");
    let frame = |marker: u8, bits: u8| {
        let mut bytes = b"\xff\xd8\xff\xfe\x00\x05abc\xff\xff\xff".to_vec();
        bytes.extend([marker, 0, 11, bits, 0, 8, 0, 8, 1, 1, 0x11, 0]);
        bytes
    };
    let cases = [
        (JPEG_LS.to_vec(), "JPEG-LS"),
        (frame(0xc3, 8), "lossless JPEG"),
        (frame(0xc9, 8), "arithmetic coding"),
        (frame(0xc6, 8), "hierarchical"),
        (frame(0xc1, 12), "more than 8 bits"),
    ];
    for (bytes, says) in cases {
        std::fs::write(&path, bytes).unwrap();
        let message = failure(std::slice::from_ref(&path));
        assert!(
            message.contains(says) && message.contains("(hint: convert it"),
            "{says}: {message}"
        );
    }
    for bytes in [
        &frame(0xc0, 8)[..],
        &frame(0xc3, 8)[..9],
        &b"\xff\xd8\xff\xfe\x00\x01"[..],
        &b"\xff\xd8ab"[..],
    ] {
        std::fs::write(&path, bytes).unwrap();
        let message = failure(std::slice::from_ref(&path));
        assert!(message.contains("damaged or no JPEG"), "{message}");
    }
}

#[test]
fn raw_pgm_with_comments() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pgm");
    std::fs::write(&path, b"P5 # made by hand\n2\t1\n# 12 bits\n4095\n\x0F\xFF\x00\x01").unwrap();
    let picture = pgm::read_file(&path).unwrap();
    assert_eq!((picture.white, picture.levels), (4095, vec![4095, 1]));
}

#[test]
fn broken_files_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    write_gray(&file("good.png"), 64, 64);
    let png = std::fs::read(file("good.png")).unwrap();
    let mut huge = png.clone();
    // Width and height of the header, with its checksum made right again by leaving it to be found wrong.
    huge[16..24].copy_from_slice(&[0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF]);
    let cases: &[(&str, &[u8], &str)] = &[
        ("empty.png", b"", "empty.png is damaged or no PNG file"),
        ("text.png", b"not a picture", "no PNG file"),
        ("cut.png", &png[..png.len() / 2], "cut.png"),
        ("huge.png", &huge, "huge.png"),
        ("text.jpg", b"not a picture", "no JPEG file"),
        ("text.tif", b"not a picture", "no TIFF file"),
        ("empty.pgm", b"", "it is empty"),
        ("plain.pgm", b"P2 1 1 255 7", "P2"),
        ("cut.pgm", b"P5 2 2 255 \x01\x02", "ends in the middle"),
        ("huge.pgm", b"P5 4000000000 4000000000 255 ", "4000000000 × 4000000000"),
        ("overflow.pgm", b"P5 40000000000 1 255 ", "no number"),
        ("none.pgm", b"P5 0 7 255 ", "0 × 7"),
        ("over.pgm", b"P5 1 1 256 \xFF\xFF", "above the largest"),
        ("depth.pgm", b"P5 1 1 15 \x01", "15 as its largest level"),
    ];
    for (name, bytes, says) in cases {
        std::fs::write(file(name), bytes).unwrap();
        let message = failure(&[file(name)]);
        assert!(
            message.contains(says) && message.contains("hint: "),
            "{name}: {message}"
        );
    }
    // In the middle of a sequence as well.
    let message = failure(&[file("a0.png"), file("cut.png")]);
    assert!(message.contains("a0.png does not exist"), "{message}");
    std::fs::copy(file("good.png"), file("a0.png")).unwrap();
    let message = failure(&[file("a0.png"), file("cut.png")]);
    assert!(message.contains("cut.png is damaged"), "{message}");
}

#[test]
fn pictures_that_do_not_belong_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    write_gray(&file("a1.png"), 4, 3);
    write_gray(&file("a2.png"), 3, 4);
    write_png(
        &file("b.png"),
        4,
        3,
        ::png::ColorType::Grayscale,
        ::png::BitDepth::Sixteen,
        &[0; 24],
    );
    std::fs::write(file("c.pgm"), b"P5 1 1 255 x").unwrap();
    std::fs::create_dir(file("none")).unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["a1.png", "a2.png"], "a2.png has 3 × 4 pixels"),
        (&["a1.png", "b.png"], "levels up to 65535"),
        (&["a1.png", "c.pgm"], "different kinds"),
        (&["a1.png", "d.avi"], "d.avi does not exist"),
        (&["none"], "none has no image files"),
        (&["x*.png"], "no image file fits the pattern"),
        (&["nowhere/x*.png"], "does not exist"),
        (&["."], "different kinds"),
    ];
    for (names, says) in cases {
        let inputs: Vec<_> = names.iter().map(|name| file(name)).collect();
        let message = failure(&inputs);
        assert!(message.contains(says), "{names:?}: {message}");
    }
}

fn levels() -> Levels {
    Levels {
        black: 0.0,
        white: 255.0,
        gamma: 1.0,
        value_max: 1.0,
    }
}

/// Row 0 of a picture is at the top, where y is largest.
#[test]
fn rows_go_upwards_and_crops_count_from_the_upper_left() {
    let size = PictureSize { width: 4, height: 3 };
    let picture = Picture {
        size,
        white: 255,
        levels: (0..12).collect(),
    };
    let cut = |crop: &str, flip: Flip| {
        let levels = Levels {
            value_max: 255.0,
            ..levels()
        };
        let crop: Crop = crop.parse().unwrap();
        let mut values = Vec::new();
        Scale::new(levels, 255, 255, crop.check(size).unwrap(), flip)
            .unwrap()
            .apply(&picture, &mut values);
        values
    };
    let plain = Flip::default();
    assert_eq!(
        cut("0:0:4:3", plain),
        [8., 9., 10., 11., 4., 5., 6., 7., 0., 1., 2., 3.]
    );
    assert_eq!(cut("1:0:2:2", plain), [5., 6., 1., 2.]);
    assert_eq!(cut("1:0:2:2", Flip { x: true, y: false }), [6., 5., 2., 1.]);
    assert_eq!(cut("1:0:2:2", Flip { x: false, y: true }), [1., 2., 5., 6.]);
    for crop in ["0:0:5:3", "0:0:4:4", "4:0:1:1", "0:0:0:3", "4294967295:0:2:1"] {
        let crop: Crop = crop.parse().unwrap();
        assert!(crop.check(size).is_err(), "{crop}");
    }
    for text in ["", "1:2:3", "1:2:3:4:5", "-1:0:2:2", "a:b:c:d"] {
        assert!(text.parse::<Crop>().is_err(), "{text}");
    }
}

#[test]
fn levels_become_concentrations() {
    let size = PictureSize { width: 5, height: 1 };
    let apply = |levels: Levels, full_scale: u16, white: u16, pixels: [u16; 5]| {
        let mut values = Vec::new();
        Scale::new(levels, full_scale, white, Crop::whole(size), Flip::default())
            .unwrap()
            .apply(
                &Picture {
                    size,
                    white,
                    levels: pixels.to_vec(),
                },
                &mut values,
            );
        values
    };
    // Plain: the largest level is the largest value.
    assert_eq!(
        apply(levels(), 255, 255, [0, 51, 102, 204, 255]),
        [0.0, 0.2, 0.4, 0.8, 1.0]
    );
    // Between black and white; below is nothing, above goes on.
    let some = Levels {
        black: 50.0,
        white: 150.0,
        value_max: 2.0,
        ..levels()
    };
    assert_eq!(apply(some, 255, 255, [0, 50, 100, 150, 250]), [0.0, 0.0, 1.0, 2.0, 4.0]);
    // Dark is much.
    let inverted = Levels {
        black: 255.0,
        white: 0.0,
        ..levels()
    };
    assert_eq!(
        apply(inverted, 255, 255, [255, 204, 51, 0, 0]),
        [0.0, 0.2, 0.8, 1.0, 1.0]
    );
    // A camera with an exponent: the square of a half is a quarter.
    let squared = Levels {
        gamma: 2.0,
        white: 200.0,
        ..levels()
    };
    assert_eq!(apply(squared, 255, 255, [0, 100, 200, 0, 0])[1..3], [0.25, 1.0]);
    // Users count to 255 in a video whose frames come with 16 bits.
    assert_eq!(
        apply(some, 255, u16::MAX, [0, 257 * 50, 257 * 100, 257 * 150, 257 * 250]),
        [0.0, 0.0, 1.0, 2.0, 4.0]
    );
    for (black, white) in [(0.0, 256.0), (-1.0, 255.0), (7.0, 7.0), (f64::NAN, 255.0)] {
        let levels = Levels {
            black,
            white,
            ..levels()
        };
        let message = Scale::new(levels, 255, 255, Crop::whole(size), Flip::default())
            .unwrap_err()
            .to_string();
        assert!(message.contains("within 0 to 255"), "{message}");
    }
}

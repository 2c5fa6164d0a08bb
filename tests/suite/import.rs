//! `import`: images and video become a file that other programs read, with the right values at the right places.

use crate::job::Job;
use crate::pictures::{SIZE, level, pgm, read_by_xarray, write_frames};
use crate::support::{Bench, describe, optional, program, text};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Cells of a frame with what they must hold: the corners and one inside. Row 0 of the picture is the highest y.
fn close(times: &[(i64, usize)], tolerance: f64) -> Vec<Value> {
    let (columns, rows) = SIZE;
    let places = [
        (0, 0),
        (columns - 1, 0),
        (0, rows - 1),
        (columns - 1, rows - 1),
        (13, 6),
    ];
    (times.iter())
        .flat_map(|&(time, frame)| {
            places.map(|(column, row)| {
                let value = f64::from(level(frame, column, row)) / 255.0;
                json!(["concentration", time, rows - 1 - row, column, value, tolerance])
            })
        })
        .collect()
}

fn runs(program: &Path, bench: &Bench, arguments: &[&str]) {
    let mut command = Command::new(program);
    command.args(arguments);
    let output = Job::start(&mut command, bench.path(), Duration::from_secs(60)).wait();
    assert!(output.status.success(), "{arguments:?} {}", describe(&output));
}

#[test]
fn images_become_frames() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let bench = Bench::new(program(), "");
    // Eleven of them: in alphabetical order frame_10 would be the third.
    write_frames(&bench.file("frames"), 11);
    let page = bench
        .call(&[
            "import",
            "frames",
            "-o",
            "a.nc",
            "--frame-rate",
            "50",
            "--pixel-size-m",
            "0.01",
            "--unit",
            "kg m-3",
        ])
        .succeeds();
    assert!(
        page.contains("11 frames of 24 × 32") && page.contains("kind = \"gridded\""),
        "{page}"
    );
    let expected = json!({
        "sizes": {"time": 11, "y": 24, "x": 32},
        "variables": {"concentration": "kg m-3"},
        "attributes": {"frame_rate_hz": 50.0, "pictures": "frames", "crop": "0:0:32:24"},
        "close": close(&[(0, 0), (2, 2), (10, 10)], 1e-7),
    });
    read_by_xarray(&python, &bench, "a.nc", &expected);

    // A part of them, of a part of the time.
    bench
        .call(&[
            "import",
            "frames/frame_*.pgm",
            "-o",
            "b.nc",
            "--frame-rate",
            "50",
            "--width-m",
            "0.8",
            "--crop",
            "4:2:8:10",
        ])
        .arguments(&[
            "--from",
            "0.04",
            "--to",
            "0.16",
            "--every",
            "3",
            "--origin-x-m",
            "-1",
            "--value-max",
            "2",
        ])
        .arguments(&["--invert", "--height-m", "0.3"])
        .succeeds();
    // Frames 2, 5 and 8; the lowest row of the cut is row 11 of the picture.
    let value = |frame, column, row| 2.0 * (1.0 - f64::from(level(frame, column, row)) / 255.0);
    let expected = json!({
        "sizes": {"time": 3, "y": 10, "x": 8},
        "variables": {"concentration": "1"},
        "height_m": 0.3,
        "attributes": {"pixel_size_m": 0.1, "scaling": "inverted", "crop": "4:2:8:10"},
        "close": [
            ["concentration", 0, 0, 0, value(2, 4, 11), 1e-6],
            ["concentration", 1, 9, 7, value(5, 11, 2), 1e-6],
            ["concentration", 2, 5, 3, value(8, 7, 6), 1e-6],
        ],
    });
    read_by_xarray(&python, &bench, "b.nc", &expected);
}

/// What makes a film of twelve pictures that loses nothing.
const LOSSLESS: &[&str] = &[
    "-v",
    "error",
    "-framerate",
    "25",
    "-i",
    "frames/frame_%d.pgm",
    "-c:v",
    "ffv1",
    "-pix_fmt",
    "gray",
];

#[test]
fn video_becomes_the_frames_that_it_was_made_from() {
    let (Some(ffmpeg), Some(python)) = (
        optional("PLUME_NAV_SIM_TEST_FFMPEG"),
        optional("PLUME_NAV_SIM_TEST_PYTHON"),
    ) else {
        return;
    };
    let bench = Bench::new(program(), "");
    write_frames(&bench.file("frames"), 12);
    // Lossless, so that every level must come back, black too. A name that looks like an option and one like an address.
    for (name, format) in [
        ("-film.mkv", "gray"),
        ("colours.avi", "bgra"),
        ("http:film.avi", "gray"),
    ] {
        let file = format!("file:{name}");
        let with_format = [LOSSLESS.split_last().expect("a format").1, &[format, &file]].concat();
        runs(&ffmpeg, &bench, &with_format);
        let path = format!("./{name}");
        bench
            .call(&[
                "import",
                &path,
                "-o",
                "film.nc",
                "--overwrite",
                "--pixel-size-m",
                "0.01",
            ])
            .succeeds();
        let expected = json!({
            "sizes": {"time": 12, "y": 24, "x": 32},
            "variables": {"concentration": "1"},
            "attributes": {"frame_rate_hz": 25.0},
            "close": close(&[(0, 0), (5, 5), (11, 11)], 1.0 / 65_535.0),
        });
        read_by_xarray(&python, &bench, "film.nc", &expected);
    }
    // Levels are counted to 255, though frames come with 16 bits; and the rate is the camera's, not the film's.
    bench
        .call(&[
            "import",
            "http:film.avi",
            "-o",
            "c.nc",
            "--pixel-size-m",
            "0.01",
            "--frame-rate",
            "1000",
        ])
        .arguments(&["--white", "100", "--from", "0.01"])
        .succeeds();
    let brightest = f64::from(level(11, 13, 6)) / 100.0;
    let expected = json!({
        "sizes": {"time": 2, "y": 24, "x": 32},
        "variables": {"concentration": "1"},
        "attributes": {"frame_rate_hz": 1000.0, "scaling": "white 100"},
        "close": [["concentration", 1, 17, 13, brightest, 1e-4]],
    });
    read_by_xarray(&python, &bench, "c.nc", &expected);
}

/// A film that lacks its end, one with errors inside, and something else.
#[test]
fn what_is_no_whole_film_is_refused() {
    let Some(ffmpeg) = optional("PLUME_NAV_SIM_TEST_FFMPEG") else {
        return;
    };
    let bench = Bench::new(program(), "");
    write_frames(&bench.file("frames"), 12);
    runs(&ffmpeg, &bench, &[LOSSLESS, &["film.mkv"]].concat());
    let film = std::fs::read(bench.file("film.mkv")).expect("the film");
    let mut spoilt = film.clone();
    let middle = spoilt.len() / 2;
    spoilt[middle..middle + 400].iter_mut().for_each(|byte| *byte ^= 0x5A);
    let playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfilm.mkv\n#EXT-X-ENDLIST\n".to_vec();
    for (name, bytes) in [
        ("spoilt.mkv", spoilt),
        ("text.avi", b"not a video".to_vec()),
        ("list.m3u8", playlist),
        ("none.mp4", Vec::new()),
    ] {
        std::fs::write(bench.file(name), bytes).expect("written");
        let (_, error) = bench
            .call(&["import", name, "-o", "bad.nc", "--pixel-size-m", "1"])
            .exits(2);
        assert!(
            error.contains(name) && error.matches("error: ").count() == 1,
            "{name}: {error}"
        );
        assert!(!bench.file("bad.nc").exists());
    }
}

/// JPEG comes with errors of its compression; one that was cut off isn't silently grey below.
#[test]
fn a_jpeg_is_a_picture_and_half_of_it_none() {
    let (Some(ffmpeg), Some(python)) = (
        optional("PLUME_NAV_SIM_TEST_FFMPEG"),
        optional("PLUME_NAV_SIM_TEST_PYTHON"),
    ) else {
        return;
    };
    let bench = Bench::new(program(), "");
    write_frames(&bench.file("frames"), 12);
    runs(
        &ffmpeg,
        &bench,
        &["-v", "error", "-i", "frames/frame_3.pgm", "-q:v", "1", "whole.jpg"],
    );
    bench
        .call(&[
            "import",
            "whole.jpg",
            "-o",
            "jpeg.nc",
            "--pixel-size-m",
            "0.01",
            "--frame-rate",
            "1",
        ])
        .succeeds();
    let expected = json!({
        "sizes": {"time": 1, "y": 24, "x": 32},
        "variables": {"concentration": "1"},
        "close": close(&[(0, 3)], 0.02),
    });
    read_by_xarray(&python, &bench, "jpeg.nc", &expected);
    let jpeg = std::fs::read(bench.file("whole.jpg")).expect("the picture");
    std::fs::write(bench.file("cut.jpg"), &jpeg[..jpeg.len() * 3 / 4]).expect("written");
    let (_, error) = bench
        .call(&[
            "import",
            "cut.jpg",
            "-o",
            "bad.nc",
            "--pixel-size-m",
            "1",
            "--frame-rate",
            "1",
        ])
        .exits(2);
    assert!(error.contains("cut.jpg"), "{error}");
}

/// ffmpeg samples the channels of its JPEGs in many ways, also where there is no colour.
#[test]
fn jpegs_of_ffmpeg_are_read_however_they_are_sampled() {
    let (Some(ffmpeg), Some(python)) = (
        optional("PLUME_NAV_SIM_TEST_FFMPEG"),
        optional("PLUME_NAV_SIM_TEST_PYTHON"),
    ) else {
        return;
    };
    let bench = Bench::new(program(), "");
    write_frames(&bench.file("frames"), 4);
    let (columns, rows) = SIZE;
    let black = [
        format!("P5 {columns} {rows} 255 ").into_bytes(),
        vec![0; columns * rows],
    ];
    std::fs::write(bench.file("black.pgm"), black.concat()).expect("a picture");
    for format in ["gray", "yuvj420p", "yuvj422p", "yuvj440p", "yuvj444p", "yuvj411p"] {
        for (picture, values) in [
            ("frames/frame_3.pgm", close(&[(0, 3)], 0.02)),
            ("black.pgm", vec![json!(["concentration", 0, 5, 5, 0.0, 0.02])]),
        ] {
            let write = [
                "-v",
                "error",
                "-y",
                "-i",
                picture,
                "-strict",
                "unofficial",
                "-pix_fmt",
                format,
            ];
            runs(&ffmpeg, &bench, &[&write[..], &["-q:v", "1", "a.jpg"]].concat());
            bench
                .call(&["import", "a.jpg", "-o", "a.nc", "--overwrite", "--pixel-size-m", "0.01"])
                .arguments(&["--frame-rate", "1"])
                .succeeds();
            let expected = json!({
                "sizes": {"time": 1, "y": rows, "x": columns},
                "variables": {"concentration": "1"},
                "close": values,
            });
            read_by_xarray(&python, &bench, "a.nc", &expected);
        }
    }
}

/// Frames of a film whose rate varies have times of their own; what a duration and a rate make of their number is nothing.
#[test]
fn films_of_varying_rate_keep_their_times() {
    let (Some(ffmpeg), Some(python)) = (
        optional("PLUME_NAV_SIM_TEST_FFMPEG"),
        optional("PLUME_NAV_SIM_TEST_PYTHON"),
    ) else {
        return;
    };
    let bench = Bench::new(program(), "");
    write_frames(&bench.file("frames"), 16);
    // Ten frames each thirtieth of a second, then six each tenth; the film begins after 1.5 s.
    let times = "setpts=(1.5+if(lt(N\\,10)\\,N\\,10+3*(N-10))/30)/TB";
    let expected: Vec<f64> = (0..16)
        .map(|n| f64::from(if n < 10 { n } else { 3 * n - 20 }) / 30.0)
        .collect();
    for (name, codec) in [("vary.mkv", "ffv1"), ("vary.mp4", "mpeg4"), ("vary.mov", "png")] {
        let make = [
            "-v",
            "error",
            "-framerate",
            "30",
            "-i",
            "frames/frame_%d.pgm",
            "-vf",
            times,
            "-c:v",
            codec,
        ];
        let own_times = ["-fps_mode", "passthrough", "-enc_time_base", "1/60000", name];
        runs(&ffmpeg, &bench, &[&make[..], &own_times].concat());
        let import = |more: &[&str]| {
            let call = bench.call(&["import", name, "-o", "film.nc", "--overwrite", "--pixel-size-m", "0.01"]);
            let output = call.arguments(more).output();
            assert!(output.status.success(), "{name}: {}", describe(&output));
            text(&output.stderr)
        };
        let said = import(&[]);
        assert!(said.contains("at varying intervals"), "{said}");
        let page = json!({
            "sizes": {"time": 16, "y": 24, "x": 32},
            "variables": {"concentration": "1"},
            "attributes": {"frame_times": "each frame's own"},
            "times": expected,
            // MPEG-4 loses some of each picture.
            "close": if codec == "mpeg4" { Vec::new() } else { close(&[(0, 0), (9, 9), (15, 15)], 1.0 / 65_535.0) },
        });
        read_by_xarray(&python, &bench, "film.nc", &page);
        // Frames 11, 13 and 15.
        import(&["--from", "0.42", "--every", "2"]);
        let page = json!({
            "sizes": {"time": 3, "y": 24, "x": 32},
            "variables": {"concentration": "1"},
            "times": [0.0, 0.2, 0.4],
        });
        read_by_xarray(&python, &bench, "film.nc", &page);
        // The camera's rate goes before the film's.
        import(&["--frame-rate", "100"]);
        let page = json!({
            "sizes": {"time": 16, "y": 24, "x": 32},
            "variables": {"concentration": "1"},
            "attributes": {"frame_rate_hz": 100.0},
        });
        read_by_xarray(&python, &bench, "film.nc", &page);
    }
}

#[test]
fn sound_alone_is_refused_and_pixels_that_are_not_square_are_told() {
    let Some(ffmpeg) = optional("PLUME_NAV_SIM_TEST_FFMPEG") else {
        return;
    };
    let bench = Bench::new(program(), "");
    write_frames(&bench.file("frames"), 16);
    runs(
        &ffmpeg,
        &bench,
        &["-v", "error", "-f", "lavfi", "-i", "sine=d=0.2", "sound.mkv"],
    );
    let (_, error) = bench
        .call(&["import", "sound.mkv", "-o", "a.nc", "--pixel-size-m", "1"])
        .exits(2);
    assert!(error.contains("no moving pictures"), "{error}");
    let wide = [
        "-v",
        "error",
        "-framerate",
        "9",
        "-i",
        "frames/frame_%d.pgm",
        "-vf",
        "setsar=2",
        "-c:v",
        "ffv1",
        "wide.mkv",
    ];
    runs(&ffmpeg, &bench, &wide);
    let output = bench
        .call(&["import", "wide.mkv", "-o", "wide.nc", "--pixel-size-m", "1"])
        .output();
    assert!(
        text(&output.stderr).contains("2.000 times as wide"),
        "{}",
        describe(&output)
    );
}

/// Makes a video of the frames in `frames` with ffmpeg.
fn film(ffmpeg: &Path, bench: &Bench, rate: &str, arguments: &[&str]) {
    let frames = ["-v", "error", "-framerate", rate, "-i", "frames/frame_%d.pgm"];
    runs(ffmpeg, bench, &[&frames[..], arguments].concat());
}

/// Makes an edit list of one part show other frames: from `from_s` on, for `length_s`. Programs that cut without encoding
/// leave all frames in the file.
fn edit(film: &mut [u8], from_s: f64, length_s: f64) {
    let behind = |name: &[u8], bytes: usize| {
        let place = film.windows(4).position(|four| four == name).expect("the box is there");
        place + 4 + bytes
    };
    // Version and flags, two dates, ticks per second; version and flags, count, length in ms, begin in ticks.
    let (ticks, length, begin) = (behind(b"mdhd", 12), behind(b"elst", 8), behind(b"elst", 12));
    let ticks_per_s = u32::from_be_bytes(film[ticks..ticks + 4].try_into().expect("four bytes"));
    film[length..length + 4].copy_from_slice(&((1000.0 * length_s) as u32).to_be_bytes());
    film[begin..begin + 4].copy_from_slice(&((f64::from(ticks_per_s) * from_s).round() as u32).to_be_bytes());
}

#[test]
fn frames_that_an_edit_list_leaves_out_are_no_part_of_the_film() {
    let (Some(ffmpeg), Some(python)) = (
        optional("PLUME_NAV_SIM_TEST_FFMPEG"),
        optional("PLUME_NAV_SIM_TEST_PYTHON"),
    ) else {
        return;
    };
    let bench = Bench::new(program(), "");
    write_frames(&bench.file("frames"), 12);
    let import = |name: &str| bench.call(&["import", name, "-o", "a.nc", "--overwrite", "--pixel-size-m", "0.01"]);
    let sizes = |frames: usize| {
        json!({
            "sizes": {"time": frames, "y": 24, "x": 32},
            "variables": {"concentration": "1"},
            "attributes": {"frame_rate_hz": 10.0},
        })
    };
    // Frames that only serve to decode others are in the list of frames, with a mark.
    film(
        &ffmpeg,
        &bench,
        "10",
        &["-c:v", "mpeg4", "-g", "12", "-bf", "2", "long.mp4"],
    );
    let cut = ["-v", "error", "-ss", "0.55", "-i", "long.mp4", "-c", "copy"];
    for name in ["cut.mp4", "cut.mov"] {
        runs(&ffmpeg, &bench, &[&cut[..], &[name]].concat());
        import(name).succeeds();
        read_by_xarray(&python, &bench, "a.nc", &sizes(6));
    }
    // Where every frame stands for itself, those left out aren't even listed.
    film(
        &ffmpeg,
        &bench,
        "10",
        &["-c:v", "png", "-movflags", "+faststart", "whole.mov"],
    );
    let mut edited = std::fs::read(bench.file("whole.mov")).expect("the film");
    edit(&mut edited, 0.3, 0.6);
    std::fs::write(bench.file("edited.mov"), &edited).expect("written");
    import("edited.mov").succeeds();
    let mut expected = sizes(6);
    expected["times"] = json!([0.0, 0.1, 0.2, 0.3, 0.4, 0.5]);
    expected["close"] = json!(close(&[(0, 3), (5, 8)], 1.0 / 65_535.0));
    read_by_xarray(&python, &bench, "a.nc", &expected);
    // That is no excuse for a film without its end, wherever it ends; what can be decoded can be kept.
    for percent in [35, 50, 65, 80] {
        std::fs::write(bench.file("short.mov"), &edited[..edited.len() * percent / 100]).expect("written");
        let (_, error) = import("short.mov").exits(2);
        assert!(error.contains("of 12 frames that it announces"), "{percent} %: {error}");
        let begin = error.find("`ffmpeg ").expect("a command") + 1;
        let command = &error[begin..begin + error[begin..].find('`').expect("its end")];
        let command = command.replace("FILE", "short.mov").replace("OUT.mkv", "-y kept.mkv");
        if percent > 50 {
            let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
            runs(&ffmpeg, &bench, &arguments);
            import("kept.mkv").succeeds();
        }
    }
}

/// Where a rate is typed, times aren't needed; and frames whose times are equal are frames nonetheless.
#[test]
fn frames_with_equal_times_are_kept() {
    let (Some(ffmpeg), Some(python)) = (
        optional("PLUME_NAV_SIM_TEST_FFMPEG"),
        optional("PLUME_NAV_SIM_TEST_PYTHON"),
    ) else {
        return;
    };
    let bench = Bench::new(program(), "");
    write_frames(&bench.file("frames"), 12);
    let twins = "setpts=floor(N/2)*2/(10*TB)";
    let twins = [
        "-vf",
        twins,
        "-fps_mode",
        "passthrough",
        "-c:v",
        "ffv1",
        "-pix_fmt",
        "gray",
        "twins.mkv",
    ];
    film(&ffmpeg, &bench, "10", &twins);
    // Matroska counts milliseconds.
    film(
        &ffmpeg,
        &bench,
        "2000",
        &["-c:v", "ffv1", "-pix_fmt", "gray", "fast.mkv"],
    );
    for (name, rate_hz) in [("twins.mkv", 10.0), ("fast.mkv", 2000.0)] {
        let import = bench.call(&["import", name, "-o", "a.nc", "--overwrite", "--pixel-size-m", "0.01"]);
        import.arguments(&["--frame-rate", &format!("{rate_hz}")]).succeeds();
        let expected = json!({
            "sizes": {"time": 12, "y": 24, "x": 32},
            "variables": {"concentration": "1"},
            "attributes": {"frame_rate_hz": rate_hz},
            "close": close(&[(0, 0), (1, 1), (2, 2), (11, 11)], 1.0 / 65_535.0),
        });
        read_by_xarray(&python, &bench, "a.nc", &expected);
    }
    let (_, error) = bench
        .call(&["import", "twins.mkv", "-o", "b.nc", "--pixel-size-m", "0.01"])
        .exits(2);
    for says in ["frame 1 of twins.mkv has the time 0 s", "give --frame-rate"] {
        assert!(error.contains(says), "{says:?} isn't in {error}");
    }
}

/// A picture that can't be read is named, not left out: all later ones would have other times.
#[test]
fn no_picture_of_a_folder_is_left_out() {
    let bench = Bench::new(program(), "");
    for input in ["frames", "frames/*.pgm"] {
        write_frames(&bench.file("frames"), 6);
        for frame in [2, 4] {
            let path = bench.file(&format!("frames/frame_{frame}.pgm"));
            std::fs::remove_file(&path).expect("it was there");
            std::os::unix::fs::symlink("nowhere.pgm", &path).expect("a link");
        }
        let (_, error) = bench.call(&["import", input]).arguments(&FINE).exits(2);
        for says in ["frame_2.pgm is a link to nowhere.pgm", "frame_4.pgm is a link"] {
            assert!(error.contains(says), "{says:?} isn't in {error}");
        }
        assert!(!bench.file("out.nc").exists());
        std::fs::remove_dir_all(bench.file("frames")).expect("removed");
    }
}

/// A video of another program: a round Gaussian cloud, σ = 40 pixels, around the middle of 128 × 128.
#[test]
fn a_foreign_video_is_the_cloud_that_it_shows() {
    let folder = std::env::var_os("PLUME_NAV_SIM_TEST_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")),
        PathBuf::from,
    );
    let video = folder.join("gaussian_plume_demo.avi");
    if !video.is_file() {
        eprintln!("skipped: {} is not there", video.display());
        return;
    }
    let (Some(_), Some(python)) = (
        optional("PLUME_NAV_SIM_TEST_FFMPEG"),
        optional("PLUME_NAV_SIM_TEST_PYTHON"),
    ) else {
        return;
    };
    let bench = Bench::new(program(), "");
    let video = video.to_string_lossy().into_owned();
    bench
        .call(&["import", &video, "-o", "film.nc", "--width-m", "1.28"])
        .succeeds();
    // A pixel is 1 cm. Compression blurs and speckles: half a pixel for the middle, one for the width.
    let expected = json!({
        "sizes": {"time": 60, "y": 128, "x": 128},
        "variables": {"concentration": "1"},
        "attributes": {"frame_rate_hz": 60.0, "pictures": "gaussian_plume_demo.avi"},
        "blob": {"x": [0.64, 0.005], "y": [0.64, 0.005], "sigma_x": [0.40, 0.01], "sigma_y": [0.40, 0.01]},
    });
    read_by_xarray(&python, &bench, "film.nc", &expected);
}

struct Problem {
    arguments: &'static [&'static str],
    says: &'static [&'static str],
    code: i32,
}

const fn problem(arguments: &'static [&'static str], says: &'static [&'static str]) -> Problem {
    Problem {
        arguments,
        says,
        code: 2,
    }
}

/// Frame rate and size of pixels, where they aren't the matter.
const FINE: [&str; 6] = ["-o", "out.nc", "--frame-rate", "10", "--pixel-size-m", "0.01"];

const MISTAKES: &[Problem] = &[
    problem(
        &["frames", "-o", "out.nc", "--frame-rate", "10"],
        &["--pixel-size-m", "--width-m"],
    ),
    problem(&["frames", "-o", "out.nc", "--pixel-size-m", "1"], &["--frame-rate"]),
    problem(&["frames", "--frame-rate", "10", "--pixel-size-m", "1"], &["--output"]),
    problem(
        &["frames", "-o", "there.nc", "--frame-rate", "10", "--pixel-size-m", "1"],
        &["there.nc exists already", "--overwrite"],
    ),
    problem(
        &[
            "frames",
            "-o",
            "no/where.nc",
            "--frame-rate",
            "10",
            "--pixel-size-m",
            "1",
        ],
        &["no does not exist"],
    ),
    problem(
        &["frames", "-o", "out.nc", "--frame-rate", "0", "--pixel-size-m", "1"],
        &["--frame-rate", "above 0"],
    ),
    problem(
        &[
            "frames",
            "-o",
            "out.nc",
            "--frame-rate",
            "1",
            "--width-m",
            "1",
            "--pixel-size-m",
            "1",
        ],
        &["--width-m"],
    ),
];

/// The same with [`FINE`] arguments.
const MORE_MISTAKES: &[Problem] = &[
    problem(&["nowhere"], &["nowhere does not exist"]),
    problem(&["nowhere/*.png"], &["nowhere/*.png does not exist"]),
    problem(&["empty"], &["empty has no image files"]),
    problem(&["mixed"], &["other.pgm has 1 × 2 pixels", "32 × 24"]),
    problem(&["broken"], &["frame_1.pgm is damaged", "ends in the middle"]),
    problem(&["frames", "--crop", "30:0:8:8"], &["--crop 30:0:8:8", "32 × 24"]),
    problem(&["frames", "--crop", "30:0"], &["--crop", "X:Y:WIDTH:HEIGHT"]),
    problem(&["frames", "--white", "300"], &["--white 300", "0 to 255"]),
    problem(&["frames", "--black", "7", "--white", "7"], &["--black 7"]),
    problem(&["frames", "--invert", "--white", "7"], &["--invert"]),
    problem(&["frames", "--from", "9"], &["--from 9 s is beyond the end"]),
    problem(&["frames", "--from", "2", "--to", "1"], &["--to 1 s is before"]),
    problem(&["frames", "--unit", " "], &["--unit"]),
    problem(&["frames", "--every", "0"], &["--every"]),
    problem(&["frames", "--value-max", "1e39"], &["32-bit"]),
    problem(&["frames", "--limit-gb", "1e-6"], &["limit of 0.000001 GB"]),
    problem(&["frames", "film.avi"], &["film.avi does not exist"]),
];

#[test]
fn every_problem_gets_one_clear_message_and_leaves_nothing() {
    let mut wrong = Vec::new();
    let all = (MISTAKES.iter().map(|problem| (problem, &[][..])))
        .chain(MORE_MISTAKES.iter().map(|problem| (problem, &FINE[..])));
    for (problem, more) in all {
        let bench = Bench::new(program(), "");
        write_frames(&bench.file("frames"), 3);
        write_frames(&bench.file("broken"), 3);
        write_frames(&bench.file("mixed"), 1);
        std::fs::create_dir(bench.file("empty")).expect("a new folder");
        std::fs::write(bench.file("mixed/other.pgm"), b"P5 1 2 255 ab").expect("written");
        std::fs::write(bench.file("broken/frame_1.pgm"), &pgm(1)[..300]).expect("written");
        std::fs::write(bench.file("there.nc"), "mine").expect("written");
        let output = bench
            .call(&["import"])
            .arguments(problem.arguments)
            .arguments(more)
            .output();
        let error = text(&output.stderr);
        let mut complain = |what: String| wrong.push(format!("{:?}: {what}\n{error}", problem.arguments));
        if output.status.code() != Some(problem.code) {
            complain(format!("ended with {}", output.status));
        }
        for says in problem.says {
            if !error.contains(says) {
                complain(format!("does not say {says:?}"));
            }
        }
        if error.matches("error: ").count() != 1 {
            complain("not one message".to_owned());
        }
        let mut left: Vec<_> = std::fs::read_dir(bench.path())
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
            .collect();
        left.sort();
        if left != ["broken", "empty", "frames", "mixed", "study.toml", "there.nc"] {
            complain(format!("left {left:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
}

/// Without ffmpeg there is a remedy; it is the machine that lacks something, so the code is 1.
#[test]
fn a_machine_without_ffmpeg_is_told_what_to_install() {
    let bench = Bench::new(program(), "");
    std::fs::write(bench.file("film.avi"), "x").expect("written");
    let (_, error) = bench
        .call(&["import", "film.avi", "-o", "out.nc", "--pixel-size-m", "0.01"])
        .environment("PATH", "/nowhere")
        .exits(1);
    assert!(
        error.contains("apt install ffmpeg") && error.contains("can't be started"),
        "{error}"
    );
}

//! Plumes and sensors.

/// One plume, and eight sensors across it.
pub struct Setup {
    pub name: &'static str,
    /// `[plume]` and `[wind]` as JSON.
    pub config: &'static str,
    /// Distance between samples: the plume's own step, s.
    pub dt_s: f64,
    /// A whiff is where the concentration is at least this.
    pub threshold: f64,
    pub x_m: f64,
    pub y_m: [f64; 8],
    pub z_m: f64,
    /// Where a slope is fitted, s.
    pub whiff_range_s: (f64, f64),
    pub blank_range_s: (f64, f64),
}

/// From the side to the middle of the plume, and a bit beyond.
const ACROSS: [f64; 8] = [-1.0, -0.7, -0.4, -0.1, 0.2, 0.5, 0.8, 1.1];

/// The first has what the theory asks for: a continuous thin plume (25 overlapping puffs of r = 0.2 m in a metre) that the
/// wind as a whole bends. Its centre wanders as a random walk of D = U² 0.12² 0.02 s = 0.0046 m²/s between the time r/U =
/// 0.05 s that blurs it and the time of the way, x/U = 40 s. The edge is at 3 r: crossing the plume takes 0.6² m²/D = 78 s.
/// In the others puffs move independently of each other, or the wind has a long memory.
pub const SETUPS: [Setup; 4] = [
    Setup {
        name: "meandering",
        config: r#"{
            "plume": {"kind": "filament", "source_x_m": 0.0, "source_y_m": 0.0, "source_z_m": 0.0,
                "release_rate_per_s": 100.0, "puff_amount": 1.0, "concentration_unit": "1", "puff_radius_m": 0.2,
                "growth_m2_s": 0.0, "dispersion": {"kind": "diffusivity", "diffusivity_m2_s": 0.0}, "vertical": "level",
                "puffs_max": 10000, "puffs_at_start": 0, "spin_up_s": 50.0, "dt_s": 0.02,
                "region": {"x_min_m": -5.0, "x_max_m": 162.0, "y_min_m": -12.5, "y_max_m": 12.5}},
            "wind": {"kind": "ornstein_uhlenbeck", "speed_m_s": 4.0, "speed_sd_m_s": 0.0, "direction_sd_rad": 0.12,
                "direction_time_s": 0.02, "dt_s": 0.02}}"#,
        dt_s: 0.02,
        // Q n/(2π r²) exp(−w²/2r²) with n = 25 per metre and w = 3 r.
        threshold: 1.105,
        x_m: 160.0,
        y_m: [-1.5, -1.1, -0.7, -0.3, 0.2, 0.6, 1.0, 1.4],
        z_m: 0.0,
        whiff_range_s: (0.5, 10.0),
        blank_range_s: (0.5, 10.0),
    },
    Setup {
        name: "turbulent",
        config: r#"{
            "plume": {"kind": "turbulent", "source_x_m": 0.0, "source_y_m": 0.0, "source_z_m": 0.0,
                "release_rate_per_s": 10.0, "puff_amount": 1.0, "concentration_unit": "1", "vertical": "level",
                "puffs_max": 10000, "spin_up_s": 40.0, "dt_s": 0.02,
                "region": {"x_min_m": -1.0, "x_max_m": 22.5, "y_min_m": -12.5, "y_max_m": 12.5}},
            "wind": {"kind": "constant", "speed_m_s": 1.0}}"#,
        dt_s: 0.02,
        // A tenth of a lone puff's peak there: r² = 0.02 m² after 20 s.
        threshold: 2.1,
        x_m: 20.0,
        y_m: ACROSS,
        z_m: 0.0,
        whiff_range_s: (0.1, 1.0),
        blank_range_s: (0.3, 3.0),
    },
    Setup {
        name: "filament, Farrell's wind",
        config: r#"{
            "plume": {"kind": "filament", "source_x_m": 5.0, "source_y_m": 0.0, "source_z_m": 0.0,
                "release_rate_per_s": 10.0, "puff_amount": 8.3e8, "concentration_unit": "m-3",
                "dispersion": {"kind": "farrell", "sd_m_s": 2.0}, "when_full": "skip", "spin_up_s": 60.0, "dt_s": 0.01},
            "wind": {"kind": "farrell", "k_x_m2_s": 10.0, "k_y_m2_s": 10.0, "noise_form": "farrell", "noise_gain": 20.0,
                "noise_damping": 0.1, "noise_bandwidth_rad_s": 0.2, "dt_s": 0.01, "spin_up_s": 100.0}}"#,
        dt_s: 0.01,
        threshold: 1e8,
        x_m: 25.0,
        y_m: ACROSS,
        z_m: 0.0,
        whiff_range_s: (0.1, 1.0),
        blank_range_s: (1.0, 10.0),
    },
    Setup {
        name: "small puffs",
        config: r#"{
            "plume": {"kind": "small_puff", "source_x_m": 0.0, "source_y_m": 0.0, "spin_up_s": 25.0,
                "dispersion": {"kind": "singh", "sd_m_s": 0.5},
                "region": {"x_min_m": -1.0, "x_max_m": 10.5, "y_min_m": -8.0, "y_max_m": 8.0}},
            "wind": {"kind": "constant", "speed_m_s": 0.5}}"#,
        dt_s: 0.01,
        threshold: 1e-4,
        x_m: 5.0,
        y_m: [-0.7, -0.5, -0.3, -0.1, 0.2, 0.4, 0.6, 0.8],
        z_m: 0.0,
        whiff_range_s: (0.1, 1.0),
        blank_range_s: (0.1, 1.0),
    },
];

//! The array, and what its elements do.

use super::configuration::{ArrayConfig, Frozen};
use crate::random::{StreamSeed, Xoshiro256PlusPlus};

/// By which rule an element moves: its algotype.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Swaps with a neighbour that is out of order with it.
    Bubble,
    /// Swaps with a larger left neighbour, if all to its left are in order.
    Insertion,
    /// Swaps with whoever is at the place that it wants, if that one is larger; else wants the next place.
    Selection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    pub value: u32,
    pub rule: Rule,
    pub is_frozen: bool,
    /// Where an element of selection sort wants to be.
    wanted: u32,
}

/// An array under way.
#[derive(Clone, Debug)]
pub struct Array {
    pub elements: Vec<Element>,
    immovable: bool,
    /// Elements from the left that are in order: all before this place.
    ordered: usize,
    /// Swaps, and looks at another element.
    pub swaps: u64,
    pub comparisons: u64,
}

/// A number below `count`.
fn draw(random: &mut Xoshiro256PlusPlus, count: usize) -> usize {
    (random.uniform() * count as f64) as usize
}

fn shuffle<T>(items: &mut [T], random: &mut Xoshiro256PlusPlus) {
    for index in (1..items.len()).rev() {
        items.swap(index, draw(random, index + 1));
    }
}

impl Array {
    /// Values, rules and frozen elements, each in an order of its own drawn at random.
    pub fn new(config: &ArrayConfig, seed: StreamSeed) -> Self {
        let length = config.length as usize;
        let mut values: Vec<u32> = (0..config.length).map(|index| index / config.repeats).collect();
        shuffle(&mut values, &mut seed.generator(0));
        let shares = [config.bubble, config.insertion, config.selection];
        let sum: f64 = shares.iter().sum();
        // Bounds between the rules, rounded, so that counts add up.
        let bound = |share: f64| (share / sum * length as f64).round() as usize;
        let (first, second) = (bound(shares[0]), bound(shares[0] + shares[1]));
        let mut rules = vec![Rule::Selection; length];
        rules[..second].fill(Rule::Insertion);
        rules[..first].fill(Rule::Bubble);
        shuffle(&mut rules, &mut seed.generator(1));
        let mut frozen: Vec<bool> = (0..config.length).map(|index| index < config.frozen).collect();
        shuffle(&mut frozen, &mut seed.generator(2));
        let elements = (values.into_iter().zip(rules).zip(frozen))
            .map(|((value, rule), is_frozen)| Element {
                value,
                rule,
                is_frozen,
                wanted: 0,
            })
            .collect();
        let mut array = Self {
            elements,
            immovable: config.frozen_kind == Frozen::Immovable,
            ordered: 0,
            swaps: 0,
            comparisons: 0,
        };
        array.find_order(0);
        array
    }

    /// Brings `ordered` up to date after changes from `place` on.
    fn find_order(&mut self, place: usize) {
        let mut end = self.ordered.min(place).max(1);
        while end < self.elements.len() && self.elements[end - 1].value <= self.elements[end].value {
            end += 1;
        }
        self.ordered = end;
    }

    /// One element acts. Returns whether it swapped.
    pub fn act(&mut self, place: usize, random: &mut Xoshiro256PlusPlus) -> bool {
        if self.elements[place].is_frozen {
            return false;
        }
        match self.elements[place].rule {
            Rule::Bubble => {
                let to_left = random.uniform() < 0.5;
                let (low, high) = if to_left {
                    (place.wrapping_sub(1), place)
                } else {
                    (place, place + 1)
                };
                if low >= self.elements.len() || high >= self.elements.len() {
                    return false;
                }
                self.comparisons += 1;
                self.elements[low].value > self.elements[high].value && self.swap(low, high)
            }
            Rule::Insertion => {
                if place == 0 || self.ordered < place {
                    return false;
                }
                self.comparisons += 1;
                self.elements[place - 1].value > self.elements[place].value && self.swap(place - 1, place)
            }
            Rule::Selection => {
                let wanted = self.elements[place].wanted as usize;
                if wanted >= self.elements.len() || wanted == place {
                    return false;
                }
                self.comparisons += 1;
                if self.elements[wanted].value > self.elements[place].value && self.swap(wanted, place) {
                    return true;
                }
                self.elements[place].wanted += 1;
                false
            }
        }
    }

    fn swap(&mut self, first: usize, second: usize) -> bool {
        if self.immovable && (self.elements[first].is_frozen || self.elements[second].is_frozen) {
            return false;
        }
        self.elements.swap(first, second);
        self.swaps += 1;
        self.find_order(first.min(second));
        true
    }

    /// Share of neighbouring pairs that are in order.
    pub fn sortedness(&self) -> f64 {
        let pairs = self.elements.windows(2);
        let count = pairs.len() as f64;
        pairs.filter(|pair| pair[0].value <= pair[1].value).count() as f64 / count
    }

    pub fn is_sorted(&self) -> bool {
        self.ordered == self.elements.len()
    }

    /// Share of neighbouring pairs with one rule.
    pub fn clustering(&self) -> f64 {
        let pairs = self.elements.windows(2);
        let count = pairs.len() as f64;
        pairs.filter(|pair| pair[0].rule == pair[1].rule).count() as f64 / count
    }

    /// The mean of [`Self::clustering`] over all orders of the rules.
    pub fn clustering_null(&self) -> f64 {
        let length = self.elements.len() as f64;
        let like: f64 = [Rule::Bubble, Rule::Insertion, Rule::Selection]
            .map(|rule| self.elements.iter().filter(|element| element.rule == rule).count() as f64)
            .iter()
            .map(|count| count * (count - 1.0))
            .sum();
        like / (length * (length - 1.0))
    }
}

/// Delayed gratification: rises of sortedness right after falls, over these falls. Times are those at which it changes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gratification {
    last: Option<f64>,
    /// The fall under way, and the rise after it.
    fall: f64,
    rise: f64,
    sum: f64,
    count: u32,
}

impl Gratification {
    /// Takes the next sortedness.
    pub fn add(&mut self, sortedness: f64) {
        let Some(last) = self.last.replace(sortedness) else {
            return;
        };
        let change = sortedness - last;
        if change > 0.0 && self.fall > 0.0 {
            self.rise += change;
        } else if change < 0.0 {
            if self.rise > 0.0 {
                self.close();
            }
            self.fall -= change;
        }
    }

    fn close(&mut self) {
        self.sum += self.rise / self.fall;
        self.count += 1;
        (self.fall, self.rise) = (0.0, 0.0);
    }

    /// The sum over all falls that were followed by a rise, and how many they are.
    pub fn finish(mut self) -> (f64, u32) {
        if self.rise > 0.0 {
            self.close();
        }
        (self.sum, self.count)
    }
}

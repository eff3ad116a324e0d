//! The time from the acknowledgement of a write to its visibility in the other region, while many others are made.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::fleet::Fleet;
use super::items;
use super::report::{Figure, Report};
use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, unexpected};
use crate::histogram::Histogram;
use crate::table;
use crate::time;

/// Writes a second, of which every second one is to a key.
const RATE: f64 = 500.0;
/// Writers at the same time.
const WRITERS: u64 = 16;
/// A secret can have 100 versions a day.
const SECRETS: u64 = 1000;
const KEYS: u64 = 250;
/// One write in so many is looked for in the other region. Its number is no multiple of two, so that keys and secrets are.
const SAMPLED: u64 = 11;
/// A write that is not seen within this time is lost.
const SEEN_WITHIN: Duration = Duration::from_secs(120);
/// The shortest rotation period of a key, in days.
const DAYS_MIN: u64 = 90;

/// The goals.
pub(super) struct Goals {
    pub(super) p50: Option<Duration>,
    pub(super) p99: Duration,
}

/// A write that was acknowledged.
struct Written {
    number: u64,
    acknowledged: Instant,
}

/// Writes for a time.
pub(super) fn run(
    report: &mut Report<'_>,
    fleet: &Fleet,
    time_max: Duration,
    (name, goals): (&str, Goals),
) -> Result<(), Error> {
    let keys = items::make_both(fleet, KEYS, SECRETS)?;
    let (acknowledged, written) = channel();
    let begun = time::instant();
    let lags = std::thread::scope(|scope| {
        let (keys, reader) = (&keys, fleet.client(&fleet.replica)?);
        let watching = scope.spawn(move || watch(reader, keys, &written));
        let writing: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let acknowledged = acknowledged.clone();
                scope.spawn(move || write(fleet, keys, writer, time_max, &acknowledged))
            })
            .collect();
        drop(acknowledged);
        let mut count = 0;
        for ended in writing {
            count += ended.join().map_err(|_| unexpected("a thread panicked"))??;
        }
        let rate = count as f64 / begun.elapsed().as_secs_f64();
        let [secrets, keys] = watching.join().map_err(|_| unexpected("a thread panicked"))??;
        Ok::<_, Error>((rate, secrets, keys))
    });
    let (rate, secrets, keys) = lags?;
    for (what, lags) in [("secrets", secrets), ("keys", keys)] {
        let figure = Figure::quantiles(goals.p50, goals.p99, &lags);
        let figure = figure.and("500 writes/s", &table::per_second(rate), rate > 0.98 * RATE);
        report.add(&format!("Lag of {what}, {name}"), figure)?;
    }
    Ok(())
}

/// Writes what is due for one writer. Returns how many writes that were.
fn write(
    fleet: &Fleet,
    keys: &[String],
    writer: u64,
    time_max: Duration,
    acknowledged: &Sender<Written>,
) -> Result<u64, Error> {
    let mut client = fleet.client(&fleet.primary)?;
    let begun = time::instant();
    let mut count = 0;
    loop {
        let number = writer + count * WRITERS;
        let due = Duration::from_secs_f64(number as f64 / RATE);
        if due >= time_max || begun.elapsed() >= 2 * time_max {
            return Ok(count);
        }
        if let Some(early) = due.checked_sub(begun.elapsed()) {
            time::sleep(early);
        }
        client.call(&write_call(keys, number))?;
        count += 1;
        if number.is_multiple_of(SAMPLED) {
            // The watching thread has ended only after an error of its own, which is reported.
            let _ = acknowledged.send(Written { number, acknowledged: time::instant() });
        }
    }
}

/// Looks for sampled writes. Returns the lags of secrets and of keys.
fn watch(mut client: Client, keys: &[String], written: &Receiver<Written>) -> Result<[Histogram; 2], Error> {
    let mut lags = [Histogram::default(), Histogram::default()];
    let mut outstanding: Vec<Written> = Vec::new();
    loop {
        if outstanding.is_empty() {
            match written.recv() {
                Ok(next) => outstanding.push(next),
                Err(_) => return Ok(lags),
            }
        }
        outstanding.extend(written.try_iter());
        let mut unseen = Vec::new();
        for sample in outstanding {
            let seen = client.call(&read_call(keys, sample.number))?;
            let lag = sample.acknowledged.elapsed();
            match place(&seen, sample.number) {
                Some(place) if place >= place_of(sample.number) => {
                    let [secrets, keys] = &mut lags;
                    if is_of_key(sample.number) { keys } else { secrets }.record(lag);
                }
                _ if lag > SEEN_WITHIN => return Err(unexpected("a write is not in the other region")),
                _ => unseen.push(sample),
            }
        }
        outstanding = unseen;
        time::sleep(Duration::from_micros(500));
    }
}

fn is_of_key(number: u64) -> bool {
    number % 2 == 1
}

/// A number that rises with the writes of one key or secret.
fn place_of(number: u64) -> u64 {
    if is_of_key(number) { DAYS_MIN + 1 + number / 2 / KEYS } else { number }
}

fn write_call(keys: &[String], number: u64) -> Call {
    if is_of_key(number) {
        let body = json!({"KeyId": items::at(keys, number / 2), "RotationPeriodInDays": place_of(number)});
        return Call::kms("EnableKeyRotation", &body);
    }
    items::put(number / 2 % SECRETS, number)
}

fn read_call(keys: &[String], number: u64) -> Call {
    if is_of_key(number) {
        return Call::kms("GetKeyRotationStatus", &json!({"KeyId": items::at(keys, number / 2)}));
    }
    items::get(number / 2 % SECRETS)
}

/// The place of what a region has.
fn place(answer: &Value, number: u64) -> Option<u64> {
    if is_of_key(number) { items::number(answer, "RotationPeriodInDays") } else { items::value(answer) }
}

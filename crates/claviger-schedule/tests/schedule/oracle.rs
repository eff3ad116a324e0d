//! A second implementation of cron expressions, which shares nothing with the first: it asks of each hour whether the hour is in the
//! expression. It keeps its own calendar.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const MONTH_NAMES: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAY_NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A day of the calendar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day {
    year: i64,
    month: i64,
    day: i64,
    /// 1 is Sunday.
    weekday: i64,
    /// Days since 1970-01-01.
    pub(crate) number: i64,
}

impl Day {
    /// 2020-01-01, a Wednesday.
    pub(crate) const FIRST: Day = Day { year: 2020, month: 1, day: 1, weekday: 4, number: 18_262 };

    pub(crate) fn next(self) -> Day {
        let mut next = Day { day: self.day + 1, weekday: self.weekday % 7 + 1, number: self.number + 1, ..self };
        if next.day > self.length_of_month() {
            (next.month, next.day) = (next.month + 1, 1);
        }
        if next.month > 12 {
            (next.year, next.month) = (next.year + 1, 1);
        }
        next
    }

    fn length_of_month(self) -> i64 {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

/// One item of a list.
#[derive(Debug, Clone)]
enum Item {
    Value(i64),
    Range(i64, i64),
    Increment(Option<i64>, i64),
}

#[derive(Debug, Clone)]
enum Days {
    Month(Vec<Item>),
    Week(Vec<Item>),
    EveryDay(bool),
    Last,
    LastOfWeek,
    LastNamed(i64, bool),
    Nth(i64, i64),
}

/// A cron expression. It may be one that is refused because its windows are too close or too far apart.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    hour: Item,
    months: Option<Vec<Item>>,
    days: Days,
    names: bool,
}

impl Expression {
    pub(crate) fn text(&self) -> String {
        let list = |items: &[Item], names: &[&str]| {
            items.iter().map(|item| self.item(item, names)).collect::<Vec<_>>().join(",")
        };
        let months = self.months.as_deref().map_or("*".to_owned(), |items| list(items, &MONTH_NAMES));
        let day = |number: i64| self.value(number, &DAY_NAMES);
        let (of_month, of_week) = match &self.days {
            Days::Month(items) => (list(items, &[]), "?".to_owned()),
            Days::Week(items) => ("?".to_owned(), list(items, &DAY_NAMES)),
            Days::EveryDay(true) => ("*".to_owned(), "?".to_owned()),
            Days::EveryDay(false) => ("?".to_owned(), "*".to_owned()),
            Days::Last => ("L".to_owned(), "?".to_owned()),
            Days::LastOfWeek => ("?".to_owned(), "L".to_owned()),
            Days::LastNamed(number, true) => (format!("{}L", DAY_NAMES[*number as usize - 1]), "?".to_owned()),
            Days::LastNamed(number, false) => ("?".to_owned(), format!("{}L", day(*number))),
            Days::Nth(number, nth) => ("?".to_owned(), format!("{}#{nth}", day(*number))),
        };
        format!("cron(0 {} {of_month} {months} {of_week} *)", self.item(&self.hour, &[]))
    }

    fn item(&self, item: &Item, names: &[&str]) -> String {
        match item {
            Item::Value(value) => self.value(*value, names),
            Item::Range(from, to) => format!("{}-{}", self.value(*from, names), self.value(*to, names)),
            Item::Increment(None, step) => format!("/{step}"),
            Item::Increment(Some(from), step) => format!("{}/{step}", self.value(*from, names)),
        }
    }

    fn value(&self, value: i64, names: &[&str]) -> String {
        match names.get(value as usize - usize::from(!names.is_empty())) {
            Some(name) if self.names => (*name).to_owned(),
            _ => value.to_string(),
        }
    }

    /// Whether a window opens at this hour.
    pub(crate) fn opens(&self, day: Day, hour: i64) -> bool {
        let in_list = |items: &[Item], value, min| items.iter().any(|item| contains(item, value, min));
        let month = self.months.as_deref().is_none_or(|items| in_list(items, day.month, 1));
        let on_day = match &self.days {
            Days::Month(items) => in_list(items, day.day, 1),
            Days::Week(items) => in_list(items, day.weekday, 1),
            Days::EveryDay(_) => true,
            Days::Last => day.day == day.length_of_month(),
            Days::LastOfWeek => day.weekday == 7,
            Days::LastNamed(weekday, _) => day.weekday == *weekday && day.day + 7 > day.length_of_month(),
            Days::Nth(weekday, nth) => day.weekday == *weekday && (day.day + 6) / 7 == *nth,
        };
        month && on_day && contains(&self.hour, hour, 0)
    }
}

fn contains(item: &Item, value: i64, min: i64) -> bool {
    match item {
        Item::Value(only) => value == *only,
        Item::Range(from, to) => *from <= value && value <= *to,
        Item::Increment(from, step) => {
            let from = from.unwrap_or(min);
            value >= from && (value - from) % step == 0
        }
    }
}

pub(crate) fn expressions() -> impl Strategy<Value = Expression> {
    let hour = prop_oneof![
        (0..24_i64).prop_map(Item::Value),
        (prop::option::of(0..24_i64), 1..24_i64).prop_map(|(from, step)| Item::Increment(from, step)),
    ];
    let months = prop::option::weighted(0.5, items(1, 12));
    let days = prop_oneof![
        3 => items(1, 31).prop_map(Days::Month),
        3 => items(1, 7).prop_map(Days::Week),
        1 => any::<bool>().prop_map(Days::EveryDay),
        1 => Just(Days::Last),
        1 => Just(Days::LastOfWeek),
        1 => (1..8_i64, any::<bool>()).prop_map(|(day, of_month)| Days::LastNamed(day, of_month)),
        2 => (1..8_i64, 1..6_i64).prop_map(|(day, nth)| Days::Nth(day, nth)),
    ];
    (hour, months, days, any::<bool>()).prop_map(|(hour, months, days, names)| Expression { hour, months, days, names })
}

fn items(min: i64, max: i64) -> impl Strategy<Value = Vec<Item>> {
    let item = prop_oneof![
        2 => (min..=max).prop_map(Item::Value),
        1 => subsequence((min..=max).collect::<Vec<_>>(), 2).prop_map(|ends| Item::Range(ends[0], ends[1])),
        1 => (prop::option::of(min..=max), select((1..=max).collect::<Vec<_>>())).prop_map(|(from, step)| Item::Increment(from, step)),
    ];
    prop::collection::vec(item, 1..4)
}

//! The reasons for which rotation rules are refused.

/// Rotation rules that are refused. The service answers `InvalidParameterException` with the text of `Display`.
///
/// The text of [`ScheduleError::BothFrequencies`] is AWS's. AWS's other texts are not known, so the other texts are ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// `AutomaticallyAfterDays` and `ScheduleExpression` together.
    #[error("You cannot specify both rotation frequency and schedule expression together.")]
    BothFrequencies,
    /// Neither `AutomaticallyAfterDays` nor `ScheduleExpression`.
    #[error("You must specify either a rotation frequency or a schedule expression.")]
    NoFrequency,
    /// `AutomaticallyAfterDays` is out of range.
    #[error("AutomaticallyAfterDays must be from 1 to 1000.")]
    Days,
    /// `Duration` is not a number of hours from 1 to 24.
    #[error("The rotation window duration must be from 1h to 24h.")]
    Duration,
    /// The window would extend into the next window of the schedule.
    #[error("The rotation window must not extend into the next rotation window.")]
    IntoNextWindow,
    /// The window would extend over midnight.
    #[error("The rotation window must not extend into the next UTC day.")]
    IntoNextDay,
    /// Neither `rate(...)` nor `cron(...)`.
    #[error("The schedule expression must be a rate() or cron() expression.")]
    Form,
    /// The inside of `rate(...)`.
    #[error("A rate expression must be a positive integer and a unit of hour, hours, day or days.")]
    Rate,
    /// A rate of more than 999 days.
    #[error("The rotation period must not be longer than 999 days.")]
    TooSeldom,
    /// Windows less than 4 hours apart.
    #[error("The schedule must not rotate a secret more often than every four hours.")]
    TooOften,
    /// `cron(...)` without six fields.
    #[error("A cron expression must have six fields: minutes, hours, day-of-month, month, day-of-week and year.")]
    Fields,
    /// Minutes other than `0`.
    #[error("The minutes field of a cron expression must be 0.")]
    Minutes,
    /// Years other than `*`.
    #[error("The year field of a cron expression must be *.")]
    Year,
    /// The Hours field.
    #[error("The hours field of a cron expression must be an hour from 0 to 23 or an increment of hours.")]
    Hours,
    /// The Day-of-month field.
    #[error("The day-of-month field of the cron expression is not valid.")]
    DayOfMonth,
    /// The Month field.
    #[error("The month field of the cron expression is not valid.")]
    Month,
    /// The Day-of-week field.
    #[error("The day-of-week field of the cron expression is not valid.")]
    DayOfWeek,
    /// A `?` in both or in neither of the day fields.
    #[error("A cron expression must have ? in exactly one of the day-of-month and day-of-week fields.")]
    DayFields,
    /// Some year has no window.
    #[error("The schedule must rotate a secret at least once in every year.")]
    NotEveryYear,
}

//! What may be sent again, and when.

/// How a try ended, as far as sending again goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The request did not reach the vendor.
    NotSent,
    /// The vendor refused the request unread (429).
    Refused,
    /// The vendor may have acted on it, or not.
    Unknown,
    /// The vendor answered, and would answer the same again.
    Final,
}

/// One decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Try {
    /// Tries so far, this one included.
    pub count: u64,
    /// How many there may be.
    pub most: u64,
    /// Whether sending twice does the same as sending once.
    pub repeatable: bool,
    /// What is left of the deadline.
    pub left_ms: u64,
    /// How long the vendor asks to wait.
    pub asked_ms: Option<u64>,
    /// Any number, to spread the waiting of many callers.
    pub noise: u64,
}

impl Try {
    /// How long to wait before sending again; none: don't.
    pub fn wait_ms(&self, outcome: Outcome) -> Option<u64> {
        let allowed = match outcome {
            Outcome::NotSent | Outcome::Refused => true,
            Outcome::Unknown => self.repeatable,
            Outcome::Final => false,
        };
        if !allowed || self.count >= self.most {
            return None;
        }
        let most = 250 << self.count.min(6);
        // A vendor that asks for no wait at all, again and again, is not to be asked again and again.
        let wait = self.asked_ms.unwrap_or(0).max(most / 2 + self.noise % (most / 2));
        (wait < self.left_ms).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Try = Try { count: 1, most: 3, repeatable: false, left_ms: 30_000, asked_ms: None, noise: 7 };

    #[test]
    fn a_write_is_sent_again_only_where_it_cannot_have_been_done() {
        assert!(FIRST.wait_ms(Outcome::NotSent).is_some());
        assert!(FIRST.wait_ms(Outcome::Refused).is_some());
        assert_eq!(FIRST.wait_ms(Outcome::Unknown), None);
        assert!(Try { repeatable: true, ..FIRST }.wait_ms(Outcome::Unknown).is_some());
        assert_eq!(Try { repeatable: true, ..FIRST }.wait_ms(Outcome::Final), None);
    }

    #[test]
    fn tries_and_deadline_end_it() {
        assert_eq!(Try { count: 3, ..FIRST }.wait_ms(Outcome::Refused), None);
        assert_eq!(Try { most: 1, ..FIRST }.wait_ms(Outcome::Refused), None);
        assert_eq!(Try { asked_ms: Some(30_000), ..FIRST }.wait_ms(Outcome::Refused), None);
        assert_eq!(Try { asked_ms: Some(29_999), ..FIRST }.wait_ms(Outcome::Refused), Some(29_999));
    }

    #[test]
    fn waiting_grows_and_is_spread() {
        for noise in [0, 1, 249, 250, u64::MAX] {
            let first = Try { noise, ..FIRST }.wait_ms(Outcome::Refused).unwrap();
            let second = Try { noise, count: 2, ..FIRST }.wait_ms(Outcome::Refused).unwrap();
            assert!((250..500).contains(&first) && (500..1000).contains(&second), "{first} {second}");
        }
    }

    #[test]
    fn a_vendor_that_asks_for_no_wait_is_waited_for_all_the_same() {
        assert!(Try { asked_ms: Some(0), ..FIRST }.wait_ms(Outcome::Refused) >= Some(250));
    }
}

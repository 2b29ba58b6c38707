//! The time report: all pages of a company's activities, added up.

use crate::activities::{Activity, ActivityCondition, ActivityField, ActivityQuery, Test, list_activities};
use crate::recipes::{ClassTime, StaffTime, TimeReport, TimeReportQuery};
use crate::steps::{PAGE, all_pages, company_id};
use kit::{Call, Error, invalid};

pub fn time_by_staff(call: &Call, query: &TimeReportQuery) -> Result<TimeReport, Error> {
    if query.from >= query.to {
        return Err(invalid("to", "expected a moment after `from`"));
    }
    let company_id = company_id(call, &query.company)?;
    let condition = |field, test, value| ActivityCondition { field, test, values: vec![value] };
    let fields = ["billable", "nonbillable", "staff()", "activity_class()"];
    let query = ActivityQuery {
        limit: Some(PAGE),
        fields: fields.map(str::to_owned).to_vec(),
        where_: vec![
            condition(ActivityField::Against, None, format!("company/{company_id}")),
            // Accelo's bounds are exclusive; the report's first moment counts.
            condition(ActivityField::DateLogged, Some(Test::After), query.from.saturating_sub(1).to_string()),
            condition(ActivityField::DateLogged, Some(Test::Before), query.to.to_string()),
        ],
        ..kit::blank()?
    };
    let activities = all_pages(|page| list_activities(call, &ActivityQuery { page, ..query.clone() }))?;
    Ok(add_up(company_id, &activities))
}

fn add_up(company_id: String, activities: &[Activity]) -> TimeReport {
    let mut report = TimeReport { company_id, billable: 0, nonbillable: 0, activities: 0, staff: Vec::new() };
    for activity in activities {
        // What Accelo wrote itself has no staff member, or staff 0.
        let Some(staff) = activity.staff.as_ref().filter(|staff| staff.id != "0") else { continue };
        let billable = u64::from(activity.billable.unwrap_or(0));
        let nonbillable = u64::from(activity.nonbillable.unwrap_or(0));
        report.billable += billable;
        report.nonbillable += nonbillable;
        report.activities += 1;
        let row = entry(
            &mut report.staff,
            |row| row.staff_id == staff.id,
            || StaffTime {
                staff_id: staff.id.clone(),
                firstname: staff.firstname.clone(),
                surname: staff.surname.clone(),
                billable: 0,
                nonbillable: 0,
                activities: 0,
                classes: Vec::new(),
            },
        );
        row.billable += billable;
        row.nonbillable += nonbillable;
        row.activities += 1;
        let class_id = activity.activity_class.as_ref().map(|class| class.id.clone());
        let class_title = activity.activity_class.as_ref().and_then(|class| class.title.clone());
        let class = entry(
            &mut row.classes,
            |class| class.class_id == class_id,
            || ClassTime { class_id: class_id.clone(), class_title, billable: 0, nonbillable: 0, activities: 0 },
        );
        class.billable += billable;
        class.nonbillable += nonbillable;
        class.activities += 1;
    }
    report.staff.sort_by_key(|row| std::cmp::Reverse(row.billable + row.nonbillable));
    report
}

/// The row that fits, made if there is none.
fn entry<T>(rows: &mut Vec<T>, fits: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> &mut T {
    let position = rows.iter().position(fits).unwrap_or_else(|| {
        rows.push(new());
        rows.len() - 1
    });
    &mut rows[position]
}

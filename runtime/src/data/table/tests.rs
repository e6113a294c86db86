//! What a table takes, and what it says of a column that it hasn't.

use super::*;

#[test]
fn columns_have_names_of_their_own_and_the_same_length() {
    let mut table = Table::new();
    table
        .push("a", Column::Numbers(vec![Some(1.0), None]))
        .unwrap();
    let message = table
        .push("a", Column::Numbers(vec![None; 2]))
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "column `a`: expected a name that is not taken, found a column of that name"
    );
    let message = table
        .push("b", Column::Text(vec![None; 3]))
        .unwrap_err()
        .to_string();
    assert_eq!(message, "column `b`: expected 2 rows, found 3 rows");
    let message = table.column("c").unwrap_err().to_string();
    assert_eq!(message, "no column `c`; the table has `a`");
    assert!(table.names_except(&["c"]).is_err());
    assert!(table.remove("a").is_ok() && table.column("a").is_err());
}

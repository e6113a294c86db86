//! Tables, from a file to a prediction: a page to read from the top. ([`data::table`](crate::data::table) is the reference.)
//!
//! # All of it in one program
//!
//! ```
//! use shapeflow::prelude::*;
//!
//! model! {
//!     /// Month, area, rooms, and the town as one of two or another.
//!     pub struct Price(features: [6]) -> [1] {
//!         features -> Dense(8) -> Relu -> Dense(1)
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("shapeflow-tables-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let (file, weights) = (folder.join("flats.csv"), folder.join("price.safetensors"));
//! # std::fs::write(&file, "day,area,rooms,town,price\n2024-01-05,50,2,Ulm,200\n2024-02-29,80,,Bonn,310\n2024-03-01,75,3,Bonn,300\n\
//! #     2024-04-11,120,5,Ulm,450\n2024-05-09,65,3,Ulm,260\n2024-06-30,90,4,Bonn,355\n")?;
//! let flats = Table::read_csv(&file)?;
//! println!("{}", flats.report()); // what was taken for missing, what looks odd
//! let (train, test) = flats.split(0.67, 1)?;
//!
//! let preprocessor = Preprocessing::new(&["day", "area", "rooms", "town"])
//!     .dates("day", &[DatePart::Month])
//!     .fill("rooms", Fill::Median)
//!     .one_hot_or("town", "other")
//!     .normalize(Standardize::per_column())
//!     .targets(&["price"])
//!     .normalize_targets(Standardize::per_column())
//!     .fit(&train)?; // from the training rows, and from nothing else
//! let (train, test) = (preprocessor.regression(&train)?, preprocessor.regression(&test)?);
//!
//! let mut net = Price::new(1);
//! Fit::new(MeanSquaredError, Adam::new(0.01)).epochs(5).validation(&test).quiet().run(&mut net, &train)?;
//! net.save_with(&weights, &Extras::new().with("preprocessor", &preprocessor)?)?;
//!
//! // Another program, another day: one row, without a price.
//! let (net, extras) = Price::load_with(&weights)?;
//! let preprocessor: Preprocessor = extras.get("preprocessor")?;
//! let row = Table::from_row([("town", "Kiel"), ("day", "2025-01-02"), ("area", "70"), ("rooms", "")])?;
//! let price = preprocessor.original(net.predict(&preprocessor.inputs(&row)?)?)?;
//! assert_eq!(price.shape(), [1, 1]);
//! // The rows of a file are read as the training file was.
//! let rows = preprocessor.csv().parse("area,rooms,town,day\n55,2,Ulm,2025-02-01\n95,4,Bonn,2025-02-03\n")?;
//! assert_eq!(net.predict(&preprocessor.inputs(&rows)?)?.nrows(), 2);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! # Reading
//!
//! [`Table::read_csv`](crate::data::table::Table::read_csv) takes a file with a header and commas;
//! [`CsvOptions`](crate::data::table::CsvOptions) says what is otherwise. A column is one of numbers if all its values are, else text. The
//! [`report`](crate::data::table::Table::report) says what could have been meant otherwise; look at it once.
//!
//! ```
//! use shapeflow::prelude::*;
//!
//! let text = "# from the scales\nid;weight;share;town\n007;1.250,5 kg;45%;Ulm\n008;-;7%;ulm\n";
//! let table = CsvOptions::new()
//!     .delimiter(b';')
//!     .comment(b'#')
//!     .decimal(',')
//!     .grouping('.')
//!     .units(&["kg", "%"])
//!     .missing_in("weight", &["-"])
//!     .parse(text)?;
//! assert_eq!(table.column("weight")?, &Column::Numbers(vec![Some(1250.5), None]));
//! assert_eq!(
//!     table.report().to_string(),
//!     "id: kept as text (0 of 2 values are numbers, but `007` in line 3 would lose its leading zeros as a number)\n\
//!      weight: took 1 field `-` for missing\n\
//!      town: `Ulm` and `ulm` differ in case, blanks or accents alone, and are taken for different values"
//! );
//! # Ok::<(), DataError>(())
//! ```
//!
//! | in the file | what becomes of it |
//! |---|---|
//! | `+5`, `.5`, `5.`, `1e3`, `−5` (U+2212) | the number |
//! | empty, `NA`, `N/A`, `NaN`, `null`, `?`, in quotes too | missing; `missing` and `missing_in` say otherwise |
//! | `nan`, `None`, `n/a` | missing among numbers, text among text |
//! | `3,5`, `1.234,5`, `1 000`, `1'000`, `1_000` | an error that names `decimal` and `grouping`, where the whole column is so |
//! | `45%`, `$3`, `12 kg` | text, and the report names `units` |
//! | `007`, whole numbers beyond 2⁵³, `1e400`, `1e-400`, `0x10`, `inf`, `(5)` | text, and the report says why |
//! | `2024-02-29`, `03/04/2024` | text, until `dates` or `dates_in` says how to read it |
//! | ` yes `, `yes` | the same; the report says where some values have blanks and others don't |
//! | `Yes` and `yes`, `é` as one letter and as two | different values, and the report names them |
//! | a text in a column that `numbers` names | an error with file, line and column |
//!
//! # Dropping
//!
//! Rows are dropped before anything is learnt: [`drop_duplicates`](crate::data::table::Table::drop_duplicates),
//! [`drop_missing`](crate::data::table::Table::drop_missing), and from the training part alone
//! [`outliers`](crate::data::table::Table::outliers).
//!
//! # Splitting
//!
//! Before learning, so that the test rows say what rows to come would. Which way depends on what is to be predicted:
//!
//! ```
//! use shapeflow::prelude::*;
//!
//! let visits = Table::parse_csv("patient,day,ill\na,2024-01-03,no\nb,2024-02-01,yes\na,2024-02-20,no\nc,2024-03-01,yes\n")?;
//! let any = visits.split(0.75, 1)?; // rows like these
//! let mix = visits.stratified_split("ill", 0.5, 1)?; // the same, with as many ill ones in both
//! let new_patients = visits.grouped_split("patient", 0.5, 1)?; // no patient in both
//! let (past, future) = visits.time_split("day", 0.75)?; // the last ones, or from a day on:
//! assert_eq!((past.rows(), future.rows()), (3, 1));
//! assert_eq!(visits.time_split_at("day", "2024-02-01")?.1.rows(), 3);
//! # let _ = (any, mix, new_patients);
//! # Ok::<(), DataError>(())
//! ```
//!
//! # Preparing
//!
//! [`Preprocessing`](crate::data::table::Preprocessing) takes its steps in the order given and learns each from the training rows as the steps
//! before left them. What it learns is the [`Preprocessor`](crate::data::table::Preprocessor): printed it says what it does, and
//! [`constant_features`](crate::data::table::Preprocessor::constant_features) names columns that tell nothing. How many features there are, which the
//! model must say, is `features().len()`. For steps of one's own, each can be had for itself: [`Fill`](crate::data::table::Fill),
//! [`Outliers`](crate::data::table::Outliers), [`Categories`](crate::data::table::Categories), [`normalize`](crate::data::normalize), with
//! [`Table::regression`](crate::data::table::Table::regression) and [`Table::classification`](crate::data::table::Table::classification).
//!
//! # What is refused
//!
//! A model keeps the names of the columns that it was trained on, how they were normalised, and the names of its classes; they are in its file.
//! Data from a table that doesn't agree is an error. An array without names is taken as it is.
//!
//! ```
//! use shapeflow::prelude::*;
//!
//! model! {
//!     pub struct Line(x: [2]) -> [1] { x -> Dense(1) }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let table = Table::parse_csv("a,b,y\n1,2,3\n2,5,7\n")?;
//! let mut line = Line::new(1);
//! Fit::new(MeanSquaredError, Sgd::new(0.01)).quiet().run(&mut line, &table.regression(&["a", "b"], &["y"])?)?;
//! let error = line.predict(&table.input(&["b", "a"])?).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "input `x` of `Line`: expected the columns of the training data, `a`, `b`; found `b`, `a`, the same in another order"
//! );
//! # Ok(())
//! # }
//! ```
//!
//! A row to predict is refused, with its line and column, where a feature isn't there, has a missing value that no step fills, a category that
//! didn't come in training (unless there is one for others), or isn't of the kind that it was.

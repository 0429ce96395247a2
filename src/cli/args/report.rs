//! What to write, and `keysieve report`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};

use keysieve::report::{ExposureDetail, Format};

use super::Color;

/// Which reports are written, and how.
#[derive(Clone, Debug, Args)]
pub struct OutputArgs {
    /// Format of the report on standard output
    #[arg(long, short, value_name = "FORMAT", default_value = "human", value_parser = formats(), help_heading = "Report")]
    pub format: Format,

    /// Write the report to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", help_heading = "Report")]
    pub report: Vec<ReportFile>,

    /// List the findings that exceptions cover as well, each with the reason
    #[arg(long, help_heading = "Report")]
    pub show_suppressed: bool,

    /// Write the secrets themselves instead of masked ones in human, json and jsonl: they will stand in terminals, logs and report files
    #[arg(long, help_heading = "Report")]
    pub show_secrets: bool,

    /// How much to say about a secret's exposure in a history [default: full in json, jsonl and html, else brief]
    #[arg(long, value_name = "DETAIL", value_parser = exposures(), help_heading = "Report")]
    pub exposure: Option<ExposureDetail>,

    /// What code scanning is to tell this SARIF report from others of the same commit by, such as secrets-history
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new(), help_heading = "Report")]
    pub sarif_category: Option<String>,

    /// When to use color; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, help_heading = "Report")]
    pub color: Color,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(subcommand)]
    pub command: ReportCommand,
}

#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Make any format of a saved JSON report, without scanning again
    Convert(Box<ConvertArgs>),
    /// Join saved JSON reports into one
    Merge(MergeArgs),
    /// Show which secrets are in more than one of several reports
    Compare(CompareArgs),
}

// Broken by hand at 80 columns: wrapping would begin the rest of a line at the left edge.
const CONVERT_EXAMPLES: &str = "\
Examples:
  keysieve report convert found.json
                                     read it
  keysieve report convert found.json --report html=found.html
                                     read it, and make a page of it
  keysieve report convert found.json --format csv > found.csv

Exit codes:
  0  the report was read and written, whatever is in it
  2  it could not be read or written";

#[derive(Debug, Args)]
#[command(after_help = CONVERT_EXAMPLES)]
pub struct ConvertArgs {
    /// JSON report of `keysieve scan`; `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    #[command(flatten)]
    pub output: OutputArgs,
}

const MERGE_EXAMPLES: &str = "\
Examples:
  keysieve report merge api.json web.json -o all.json
  keysieve report merge *.json | keysieve report convert - --format markdown

Exit codes:
  0  the reports were read and joined, whatever is in them
  2  one could not be read, or the result not be written";

#[derive(Debug, Args)]
#[command(after_help = MERGE_EXAMPLES)]
pub struct MergeArgs {
    /// JSON reports of `keysieve scan`; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

const COMPARE_EXAMPLES: &str = "\
Examples:
  keysieve scan --format json ../shop > shop.json
  keysieve scan --format json ../api > api.json
  keysieve report compare shop.json api.json

Exit codes:
  0  no secret is in more than one report
  1  at least one is (in one of them it is not excepted)
  2  could not run: wrong usage, a file that is no report, reports whose
     fingerprints were made with different keys";

#[derive(Debug, Args)]
#[command(after_help = COMPARE_EXAMPLES)]
pub struct CompareArgs {
    /// JSON reports, two or more; they hold no secrets, and none is needed
    #[arg(value_name = "REPORT", required = true, num_args = 2..)]
    pub reports: Vec<PathBuf>,

    /// How to print it
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = CompareFormat::Human)]
    pub format: CompareFormat,

    /// When to use color; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// How a comparison is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// For people.
    #[value(help = None::<&'static str>)]
    Human,
    /// One JSON document.
    #[value(help = None::<&'static str>)]
    Json,
}

/// A report file asked for: `FORMAT=FILE`.
#[derive(Clone, Debug)]
pub struct ReportFile {
    pub format: Format,
    pub path: PathBuf,
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text.split_once('=').ok_or("expected FORMAT=FILE, such as sarif=found.sarif")?;
        if path.is_empty() {
            return Err("the path behind `=` is missing".to_owned());
        }
        Ok(Self { format: parse_format(format)?, path: path.into() })
    }
}

/// Takes the word of a format; help, errors and completions name all of them.
fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::as_str)).try_map(|word| parse_format(&word))
}

fn parse_format(word: &str) -> Result<Format, String> {
    Format::ALL.into_iter().find(|format| format.as_str() == word).ok_or_else(|| {
        let known: Vec<_> = Format::ALL.iter().map(|format| format.as_str()).collect();
        format!("`{word}` is no format; the formats are {}", known.join(", "))
    })
}

/// Takes the word of a detail; help, errors and completions name all of them.
fn exposures() -> impl TypedValueParser<Value = ExposureDetail> {
    let known = |word: String| ExposureDetail::ALL.into_iter().find(|detail| detail.as_str() == word).ok_or("no such detail");
    PossibleValuesParser::new(ExposureDetail::ALL.map(ExposureDetail::as_str)).try_map(known)
}

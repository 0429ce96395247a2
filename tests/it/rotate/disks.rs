//! A state file on a disk that is full, or that cannot be written, and one that another process holds. Disks of memory, mounted for one test.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::faults::report;
use super::receiver::Receiver;
use super::{Desk, started};
use crate::support::Said;

/// A disk of its own below a desk, as long as the test runs.
struct Disk {
    path: PathBuf,
}

impl Disk {
    /// Mounted over the folder of `desk`; none where that is not allowed.
    fn over(desk: &Desk, kilobytes: u32) -> Option<Self> {
        let disk = Self { path: desk.folder.path.clone() };
        let said = disk.mount(&format!("size={kilobytes}k"));
        if said.code != 0 {
            // Past the test's capture: a test that did not look must not pass in silence.
            let why = said.stderr.trim();
            let _ = writeln!(
                std::io::stderr(),
                "\nSKIPPED: full and read-only disks are NOT tested, since none can be mounted (root may): {why}\n"
            );
            return None;
        }
        Some(disk)
    }

    fn mount(&self, options: &str) -> Said {
        let mut mount = Command::new("mount");
        let done = mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&self.path).output();
        done.map_or_else(|error| Said { code: -1, stdout: String::new(), stderr: error.to_string() }, Said::from)
    }

    /// Writes until there is no room.
    fn fill(&self) -> PathBuf {
        let path = self.path.join("fill");
        let mut file = std::fs::File::create(&path).expect("because there is an inode left");
        for size in [4_096, 1] {
            while file.write_all(&vec![b'x'; size]).is_ok() {}
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.path).status();
    }
}

#[track_caller]
fn says(said: Said, text: &str) {
    let said = said.ends_with(2);
    assert!(said.stderr.contains(text), "{text}: {}", said.stderr);
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    let Some(disk) = Disk::over(&desk, 1_024) else { return };
    desk.point_to(receiver.address);
    desk.folder.write("small.json", report(20)).write("large.json", report(400));
    desk.run(&["enqueue", "small.json"]).ends_with(0);
    let full = disk.fill();
    says(desk.run(&["enqueue", "large.json"]), "no room left");
    says(desk.run(&["deliver"]), "no room left");
    assert!(receiver.accepted().is_empty(), "what cannot be marked is not sent");
    std::fs::remove_file(&full).expect("because it was written");
    assert_eq!(desk.status()["events"]["pending"], 20);
    // The report that has no room, and then the one that has.
    says(desk.run(&["enqueue", "large.json"]), "no room left");
    desk.run(&["deliver"]).ends_with(0);
    assert_eq!((receiver.accepted().len(), desk.status()["events"]["delivered"].clone()), (20, 20.into()));
    desk.run(&["verify-log"]).ends_with(0);
    disk.mount("remount,size=8m");
    desk.run(&["enqueue", "large.json"]).ends_with(0);
    desk.run(&["deliver"]).ends_with(0);
    assert_eq!(receiver.accepted().len(), 400);
    desk.run(&["verify-log"]).ends_with(0);
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_nothing_is_sent() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    let Some(disk) = Disk::over(&desk, 4_096) else { return };
    desk.point_to(receiver.address);
    desk.folder.write("report.json", report(20));
    disk.mount("remount,ro");
    says(desk.run(&["enqueue", "report.json"]), "cannot be written; name another one with --state");
    disk.mount("remount,rw");
    desk.run(&["enqueue", "report.json"]).ends_with(0);
    disk.mount("remount,ro");
    for command in [&["deliver"][..], &["enqueue", "report.json"], &["ack", "00000000000000000000000000000001"], &["new-log"]] {
        says(desk.run(command), "cannot be written");
    }
    assert!(receiver.accepted().is_empty());
    disk.mount("remount,rw");
    desk.run(&["deliver"]).ends_with(0);
    assert_eq!(receiver.accepted().len(), 20);
}

#[test]
fn a_state_file_that_another_process_holds_is_waited_for_but_not_forever() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    desk.folder.write("report.json", report(20));
    desk.run(&["enqueue", "report.json"]).ends_with(0);
    let mut holder = rusqlite::Connection::open(desk.folder.path.join("state.sqlite")).expect("because it is there");
    let held = holder.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).expect("because nobody else has it");
    let mut patient = started(&mut desk.command(&["deliver"]));
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(patient.try_wait().is_ok_and(|status| status.is_none()) && receiver.accepted().is_empty());
    held.rollback().expect("because it is open");
    assert!(patient.wait().expect("because it is our child").success());
    assert_eq!(receiver.accepted().len(), 20);
    let held = holder.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).expect("because nobody else has it");
    let began = Instant::now();
    says(desk.run(&["ack", "00000000000000000000000000000001"]), "another process has been writing");
    assert!((14..40).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    drop(held);
}

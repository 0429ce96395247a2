use keysieve::detect::prefilter::*;
use keysieve::rules::*;
use std::collections::*;
fn walk(p: &std::path::Path, f: &mut dyn FnMut(&std::path::Path)) {
    if let Ok(d) = std::fs::read_dir(p) {
        for e in d.flatten() {
            let t = e.file_type().unwrap();
            if t.is_dir() {
                walk(&e.path(), f)
            } else if t.is_file() {
                f(&e.path())
            }
        }
    }
}
fn main() {
    let rules = RuleSet::builtin();
    let pf = Prefilter::new(&rules, Workload::Large);
    println!("rules {} mem {}", rules.len(), pf.memory());
    let mut n: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut words = 0u64;
    let mut url = 0u64;
    let mut hd = 0u64;
    walk(std::path::Path::new(&std::env::args().nth(1).unwrap()), &mut |p| {
        let b = std::fs::read(p).unwrap_or_default();
        pf.hits(&b, |h| {
            for t in h.triggers {
                match t {
                    Trigger::Token(t) => {
                        let r = &rules.get(t.rule).rule;
                        let e = n
                            .entry(format!(
                                "{} {} anchored={} max={}",
                                r.id,
                                t.literal,
                                r.token.as_ref().unwrap().facts.anchored,
                                r.token.as_ref().unwrap().facts.max_length
                            ))
                            .or_default();
                        e.0 += 1;
                        if t.fits(&b, &h) {
                            e.1 += 1
                        }
                    }
                    Trigger::Word => words += 1,
                    Trigger::Url => url += 1,
                    Trigger::Header => hd += 1,
                }
            }
        })
    });
    println!("words {words} url {url} header {hd}");
    let mut v: Vec<_> = n.into_iter().collect();
    v.sort_by_key(|x| std::cmp::Reverse(x.1.1));
    for (k, (a, b)) in v.into_iter().take(40) {
        println!("{a:8} {b:8} {k}")
    }
}

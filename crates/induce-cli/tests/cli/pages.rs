//! Report pages of language models: complete, inert whatever the text says, and true about where their curves begin.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::house::House;

const TEXT: &str =
    "The sun rises, the sun sets. What was is what will be; there is nothing new under the sun!\n";
const SMALL: &str = "--set layers=1 --set width=16 --set context=16 --set batch=4 --set warm_up=5 --quiet";

fn house() -> House {
    let house = House::new();
    house.write("corpus.txt", TEXT.repeat(60).as_bytes());
    house
}

fn page(house: &House, line: &str) -> String {
    house.ok(line);
    let page = String::from_utf8(house.read("page.html")).unwrap();
    inert(&page);
    page
}

/// One script, ours; no request; no sign that a browser must not see.
fn inert(page: &str) {
    assert_eq!(
        (page.matches("<script").count(), page.matches("</script").count()),
        (1, 1)
    );
    for loads in ["src=", "@import", "url(", "<link", "<img", "https:"] {
        assert!(!page.contains(loads), "{loads}");
    }
    assert!(!page.replace("http://www.w3.org/2000/svg", "").contains("http:"));
    assert!(page.chars().all(|c| !c.is_control() || c.is_whitespace()));
    for number in ["NaN", "\"inf", "-inf"] {
        assert!(!page.contains(number), "{number}");
    }
}

/// What titles and captions say, in their order; numbers differ between machines, times between runs.
fn outline(page: &str) -> String {
    let mut all = String::new();
    for part in page.split('<').skip(1) {
        let Some((tag, text)) = part.split_once('>') else {
            continue;
        };
        let name = tag.split(' ').next().unwrap_or_default();
        if ["h1", "h2", "h3", "dt", "dd", "p", "th", "figcaption", "summary"].contains(&name)
            && !text.trim().is_empty()
        {
            all += &format!("{name}: {}\n", text.trim());
        }
    }
    let mut masked = String::new();
    for character in all.chars() {
        match character {
            '0'..='9' if masked.ends_with('#') => {}
            '.' | ',' if masked.ends_with('#') => {}
            '0'..='9' => masked.push('#'),
            other => masked.push(other),
        }
    }
    masked
}

#[test]
fn a_page_has_its_parts() {
    let house = house();
    let page = page(
        &house,
        &format!(
            "train corpus.txt -m gpt {SMALL} --set heads=2 --set steps=30 --set evaluate_every=10 --seed 3 --threads 2 \
             --out m.safetensors --report page.html"
        ),
    );
    let outline = outline(&page);
    // What follows is of this machine.
    let (same, _) = outline.split_once("h#: Reproduce").unwrap();
    insta::assert_snapshot!(same);
    let command = "induce train corpus.txt -m gpt --set layers=1";
    assert!(page.contains(command) && page.contains("--seed 3 --out m.safetensors --report page.html"));
}

#[test]
fn every_kind_has_a_page_and_so_has_every_text_that_judges_it() {
    let house = house();
    for (model, rest) in [
        ("llama", "--set heads=2 --set tokenizer=bpe --set vocabulary=290"),
        ("lstm", "--set tokenizer=word"),
        ("rnn", ""),
    ] {
        let line = format!("train corpus.txt -m {model} {SMALL} {rest} --set steps=5 --out m.safetensors");
        let first = page(&house, &format!("{line} --report page.html"));
        for part in ["Loss by position", "Hardest tokens", "bigram", "temperature 0.6"] {
            assert!(first.contains(part), "{model}: {part}");
        }
        let second = page(&house, "report m.safetensors corpus.txt --out page.html");
        assert!(
            second.contains("uniform")
                && !second.contains("bigram</th>")
                && !second.contains("Learning curve")
        );
    }
    let line = format!("train corpus.txt -m gpt {SMALL} --set steps=5 --holdout 0 --report page.html");
    assert!(page(&house, &line).contains("Nothing was held out"));
    house.fault("report m.safetensors corpus.txt --target y --out page.html");
}

/// Text that would like to be markup, to turn what stands around it, or to be no text.
#[test]
fn hostile_texts_stay_text() {
    let house = House::new();
    let text = "</script><script>alert(1)</script></pre><img src=https://x.y onerror=alert(1)>\u{202e}\u{0}\u{1b}[31m\
                {{ 7 * 7 }}&lt;\u{5d0}\u{5d1}\u{1f600}\u{feff}'\"\n";
    house.write("<b>\"q\".txt", text.repeat(60).as_bytes());
    for tokenizer in ["char", "bpe --set vocabulary=300", "word"] {
        let line = format!(
            "train <b>\"q\".txt -m gru {SMALL} --set tokenizer={tokenizer} --set steps=40 --set learning_rate=0.02"
        );
        let page = hostile(&house, &format!("{line} --out m.safetensors --report page.html"));
        assert!(!page.contains("<b>\"q\""));
        assert!(page.contains("&lt;") && !page.contains(">49<"));
    }
}

/// As [`page`]: what would load something is there as text.
fn hostile(house: &House, line: &str) -> String {
    house.ok(line);
    let page = String::from_utf8(house.read("page.html")).unwrap();
    inert(&page.replace("src=https:", "").replace("src=", ""));
    assert!(!page.contains("<img"));
    page
}

/// Begin a training, and end it hard once there is a checkpoint of a few steps.
fn begin_and_kill(house: &House, line: &str) {
    let mut child = house.command(line).stderr(Stdio::null()).spawn().unwrap();
    let clock = Instant::now();
    while !house.path("m.checkpoint").exists() {
        assert!(
            clock.elapsed() < Duration::from_secs(60),
            "no checkpoint after a minute"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(20));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_resumed_training_says_where_its_losses_begin() {
    let house = house();
    let line = format!(
        "train corpus.txt -m gpt {SMALL} --set heads=2 --set steps=300 --set evaluate_every=20 --checkpoint-every 0s \
         --out m.safetensors --report page.html"
    );
    begin_and_kill(&house, &line);
    let resumed = page(&house, &format!("{line} --resume"));
    assert!(resumed.contains("was resumed after step") && resumed.contains("since step"));
    let line = format!("{line} --log log.jsonl");
    begin_and_kill(&house, &line);
    let logged = page(&house, &format!("{line} --resume"));
    assert!(!logged.contains("was resumed after step") && logged.contains("since step"));
    let stopped = page(&house, &format!("{line} --time 50ms --set steps=1000000"));
    assert!(stopped.contains("It was stopped after step") && !stopped.contains("since step"));
}

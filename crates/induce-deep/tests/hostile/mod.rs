//! Files that end too early, lie, or are of another kind: errors with hints, never a panic or a huge allocation.

use induce_deep::language::gguf_bytes;

use super::*;

/// Every prefix, and every byte changed in three ways, of the first `most` bytes.
fn spoiled(good: &[u8], most: usize, mut try_open: impl FnMut(&[u8])) {
    let most = most.min(good.len());
    for end in (0..most).chain([good.len() - 1]) {
        try_open(&good[..end]);
    }
    let mut bad = good.to_vec();
    for at in 0..most {
        for change in [0xFF, 0x80, 0x01] {
            bad[at] ^= change;
            try_open(&bad);
            bad[at] ^= change;
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "callers have no other use of the result"
)]
fn error_or_not<T>(result: induce_core::Result<T>) -> bool {
    if let Err(error) = &result {
        assert!(error.hint().is_some(), "`{error}` has no hint");
    }
    result.is_err()
}

#[test]
fn spoiled_models_of_llama2c() {
    let good = std::fs::read(golden("tiny.bin")).unwrap();
    spoiled(&good, 40, |bytes| {
        let spoiled = error_or_not(llama2c_bytes("spoiled", bytes));
        assert!(spoiled || bytes.len() == good.len());
    });
    for newer in ["tiny-v1.bin", "tiny-v2.bin"] {
        let good = std::fs::read(golden(newer)).unwrap();
        spoiled(&good, 45, |bytes| {
            let _ = error_or_not(llama2c_bytes("spoiled", bytes));
        });
    }
    let long: Vec<u8> = good.iter().copied().chain([0; 4]).collect();
    assert!(llama2c_bytes("long", &long).is_err());
    // A header that asks for 2^31 of everything.
    assert!(llama2c_bytes("lies", &[0x7F_u8, 0xFF, 0xFF, 0x7F].repeat(7)).is_err());
}

#[test]
fn spoiled_tokenizers() {
    let good = std::fs::read(golden("tok.bin")).unwrap();
    assert!(!error_or_not(tokenizer_bytes("good", &good, 270)));
    spoiled(&good, 200, |bytes| {
        let _ = error_or_not(tokenizer_bytes("spoiled", bytes, 270));
    });
    assert!(tokenizer_bytes("few", &good, 269).is_err() && tokenizer_bytes("many", &good, 271).is_err());
    let good = std::fs::read(golden("llama/tokenizer.json")).unwrap();
    assert!(!error_or_not(tokenizer_bytes("good", &good, 0)));
    spoiled(&good, 300, |bytes| {
        let _ = error_or_not(tokenizer_bytes("spoiled", bytes, 0));
    });
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

/// A small GGUF of Llama's kind with a scored tokenizer, all values of the weights small.
pub fn gguf() -> Vec<u8> {
    let mut out = b"GGUF".to_vec();
    let shapes: [(&str, &[u64]); 11] = [
        ("token_embd.weight", &[32, 6]),
        ("output_norm.weight", &[32]),
        ("blk.0.attn_norm.weight", &[32]),
        ("blk.0.attn_q.weight", &[32, 32]),
        ("blk.0.attn_k.weight", &[32, 16]),
        ("blk.0.attn_v.weight", &[32, 16]),
        ("blk.0.attn_output.weight", &[32, 32]),
        ("blk.0.ffn_norm.weight", &[32]),
        ("blk.0.ffn_gate.weight", &[32, 64]),
        ("blk.0.ffn_up.weight", &[32, 64]),
        ("blk.0.ffn_down.weight", &[64, 32]),
    ];
    let counts = [
        ("embedding_length", 32_u32),
        ("attention.head_count", 4),
        ("attention.head_count_kv", 2),
        ("feed_forward_length", 64),
        ("block_count", 1),
        ("context_length", 16),
    ];
    out.extend(3_u32.to_le_bytes());
    out.extend((shapes.len() as u64).to_le_bytes());
    out.extend((counts.len() as u64 + 6).to_le_bytes());
    for (name, value) in [
        ("general.architecture", "llama"),
        ("tokenizer.ggml.model", "llama"),
    ] {
        text(&mut out, name);
        out.extend(8_u32.to_le_bytes());
        text(&mut out, value);
    }
    for (name, value) in counts {
        text(&mut out, &format!("llama.{name}"));
        out.extend(4_u32.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    text(&mut out, "tokenizer.ggml.bos_token_id");
    out.extend([4, 0, 0, 0, 1, 0, 0, 0]);
    let list = |out: &mut Vec<u8>, name: &str, kind: u32| {
        text(out, name);
        out.extend(9_u32.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(6_u64.to_le_bytes());
    };
    list(&mut out, "tokenizer.ggml.tokens", 8);
    ["<unk>", "<s>", "</s>", "\u{2581}", "a", "\u{2581}a"]
        .iter()
        .for_each(|piece| text(&mut out, piece));
    list(&mut out, "tokenizer.ggml.scores", 6);
    (0..6).for_each(|i| out.extend((-(i as f32)).to_le_bytes()));
    list(&mut out, "tokenizer.ggml.token_type", 5);
    [2_i32, 3, 3, 1, 1, 1]
        .iter()
        .for_each(|kind| out.extend(kind.to_le_bytes()));
    let mut start = 0_u64;
    for (name, shape) in shapes {
        text(&mut out, name);
        out.extend((shape.len() as u32).to_le_bytes());
        shape.iter().for_each(|n| out.extend(n.to_le_bytes()));
        out.extend(0_u32.to_le_bytes());
        out.extend(start.to_le_bytes());
        start += (4 * shape.iter().product::<u64>()).next_multiple_of(32);
    }
    out.resize(out.len().next_multiple_of(32), 0);
    let numbers = (0..start / 4).flat_map(|i| (((i * 37) % 101) as f32 / 100.0 - 0.5).to_le_bytes());
    out.extend(numbers);
    out
}

#[test]
fn spoiled_gguf() {
    let good = gguf();
    let (model, tokens) = gguf_bytes("good", &good).unwrap();
    assert_eq!(tokens.encode("a").unwrap(), [1, 5]);
    assert_eq!(tokens.encode("\u{20ac}").unwrap(), [1, 3, 0]);
    assert_eq!(model.spec.heads, 4);
    spoiled(&good, 1600, |bytes| {
        let _ = error_or_not(gguf_bytes("spoiled", bytes));
    });
}

#[test]
fn spoiled_folders() {
    let house = tempfile::tempdir().unwrap();
    let names = ["config.json", "model.safetensors", "tokenizer.json"];
    let copy = || {
        for name in names {
            std::fs::copy(golden("llama").join(name), house.path().join(name)).unwrap();
        }
    };
    for name in names {
        copy();
        let good = std::fs::read(house.path().join(name)).unwrap();
        for bytes in [&good[..good.len() / 2], &[], b"{}", &[0xFF; 64]] {
            std::fs::write(house.path().join(name), bytes).unwrap();
            assert!(error_or_not(open(house.path(), None)), "{name}");
        }
        std::fs::remove_file(house.path().join(name)).unwrap();
        assert!(error_or_not(open(house.path(), None)));
    }
    copy();
    let config = std::fs::read_to_string(golden("llama/config.json")).unwrap();
    for (from, to) in [
        ("\"hidden_size\": 32", "\"hidden_size\": 4000000000"),
        ("\"num_attention_heads\": 4", "\"num_attention_heads\": 0"),
        ("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"),
        ("\"vocab_size\": 300", "\"vocab_size\": -1"),
        ("\"llama\"", "\"mamba\""),
        ("\"default\"", "\"yarn\""),
    ] {
        assert!(config.contains(from));
        std::fs::write(house.path().join("config.json"), config.replace(from, to)).unwrap();
        assert!(error_or_not(open(house.path(), None)), "{to}");
    }
}

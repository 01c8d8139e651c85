//! GraphML as networkx and others write it.

use super::*;

/// What `networkx.write_graphml` writes.
const NETWORKX: &str = r#"<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
  <key id="d2" for="edge" attr.name="weight" attr.type="double" />
  <key id="d1" for="node" attr.name="size" attr.type="long"><default>7</default></key>
  <key id="d0" for="node" attr.name="club" attr.type="string" />
  <graph edgedefault="directed">
    <node id="a &amp; b"><data key="d0">x</data><data key="d1">3</data></node>
    <node id="c"><data key="d0">1</data></node>
    <node id="d"><data key="d0">x</data></node>
    <node id="e"><data key="d0">1</data></node>
    <edge source="a &amp; b" target="c"><data key="d2">0.5</data></edge>
    <edge source="c" target="d" directed="false" />
  </graph>
</graphml>"#;

#[test]
fn networkx_is_read() {
    let (graph, format) = read(NETWORKX).unwrap();
    assert_eq!(
        (format, names(&graph)[0].as_str()),
        (GraphFormat::GraphMl, "a & b")
    );
    assert_eq!(row(&graph, 1), [(0, 0.5), (2, 1.0)]);
    assert_eq!(classes(&graph), ["x", "1", "x", "1"]);
    let Features::Table(table) = &graph.nodes.features else {
        unreachable!()
    };
    assert_eq!(table.column("size").unwrap().text(0).unwrap(), "3");
    assert_eq!(table.column("size").unwrap().text(3).unwrap(), "7");
    assert!(
        notes(&graph).contains("--directed") && notes(&graph).contains("`weight`"),
        "{}",
        notes(&graph)
    );
    let kept = directed(NETWORKX.as_bytes());
    assert_eq!(
        (row(&kept, 0), row(&kept, 1), row(&kept, 2)),
        (vec![(1, 0.5)], vec![(2, 1.0)], vec![(1, 1.0)])
    );
}

#[test]
fn broken_graphml_says_why() {
    let of = |inner: &str| fault(&format!("<graphml><graph>{inner}</graph></graphml>"));
    for (inner, word) in [
        ("<node/>", "no `id`"),
        ("<node id='a'/><node id='a'/>", "two nodes"),
        (
            "<node id='a'/><edge source='a' target='b'/>",
            "`b`, which is no node",
        ),
        ("<node id='a'/><edge source='a'/>", "no `target`"),
        ("<node id='a'><graph/></node>", "graph of its own"),
        ("<node id='a'>", "expected 'node' tag"),
        ("", "no node"),
    ] {
        assert!(of(inner).contains(word), "{inner}: {}", of(inner));
    }
    let weighed = "<graphml><key id='w' for='edge' attr.name='weight'/><graph><node id='a'/>\
                   <edge source='a' target='a'><data key='w'>inf</data></edge></graph></graphml>";
    assert!(fault(weighed).contains("`inf`"));
    assert!(fault("<graphml/>").contains("no `graph`"));
    // A laugh of billions, and one of the disk.
    let bomb = "<?xml version='1.0'?><!DOCTYPE graphml [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><graphml><graph><node id='&b;'/></graph></graphml>";
    assert!(fault(bomb).contains("DTD"), "{}", fault(bomb));
    let deep = format!("<graphml>{}", "<a>".repeat(100_000));
    assert!(fault(&deep).contains("never closed"), "{}", fault(&deep));
    let wide = format!("<graphml>{}", "<a/>".repeat(1_000_000));
    assert!(matches!(read(&wide), Err(Error::TooLarge { .. })));
}

proptest! {
    #[test]
    fn no_xml_is_a_surprise(inner in "(<node|<edge|<graph|<data|<key|</node>|</graph>|/>|>| id='[ab]'| source='[ab]'| target='[ab]'| key='w'| for='edge'| attr.name='weight'|1|nan|&amp;|&x;|é){0,30}") {
        if let Err(error) = read(&format!("<graphml><graph><node id='a'/>{inner}</graph></graphml>")) {
            prop_assert!(error.hint().is_some(), "{}", error);
        }
    }
}

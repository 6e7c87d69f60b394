"""OPUS's job definitions: VOTables without a table."""

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.opus import job_definitions

VOTABLE = b"""<VOTABLE xmlns="http://www.ivoa.net/xml/VOTable/v1.3" version="1.3">
 <RESOURCE ID="smooth" name="smooth" type="meta" utype="voprov:ActivityDescription">
  <DESCRIPTION>Smooths a map.</DESCRIPTION>
  <PARAM name="doculink" value="https://e.org" datatype="char" arraysize="*"
    utype="voprov:ActivityDescription.doculink"/>
  <PARAM name="version" value="1.2" datatype="char" arraysize="*"
    utype="voprov:ActivityDescription.version"/>
  <PARAM name="contact_name" value="Ann" datatype="char" arraysize="*" utype="voprov:Agent.name"/>
  <PARAM name="quote" value="10" datatype="int" utype="uws:Job.quote"/>
  <PARAM name="script" value="rm -rf /" datatype="char" arraysize="*"/>
  <GROUP name="InputParams">
   <PARAM ID="width" name="width" value="0.5" datatype="double" unit="deg" type="no_query">
    <DESCRIPTION>Width of the kernel.</DESCRIPTION>
    <VALUES><MIN value="0"/><MAX value="9.5"/></VALUES>
   </PARAM>
   <PARAM name="kind" value="gauss" datatype="char" arraysize="*">
    <VALUES><OPTION value="gauss"/><OPTION value="disc"/></VALUES>
   </PARAM>
   <PARAM name="log" value="true" datatype="boolean"/>
   <PARAM name="n" value="many" datatype="int"/>
  </GROUP>
  <GROUP name="Used">
   <GROUP name="map" utype="voprov:Used">
    <PARAM name="role" value="" datatype="char"/>
    <PARAM name="content_type" value="image/fits" datatype="char"/>
   </GROUP>
  </GROUP>
  <GROUP name="Generated"><GROUP name="out"><DESCRIPTION>The map.</DESCRIPTION></GROUP></GROUP>
 </RESOURCE>
</VOTABLE>"""


def test_a_definition() -> None:
    (found,) = job_definitions(VOTABLE)
    width, kind, log, number = found.pop("parameters")
    assert {name: value for name, value in width.items() if value is not None} == {
        "name": "width",
        "description": "Width of the kernel.",
        "valueType": "double",
        "default": 0.5,
        "unit": "deg",
        "required": False,
        "min": 0.0,
        "max": 9.5,
    }
    assert (kind["default"], kind["options"], kind["required"]) == (
        "gauss",
        ["gauss", "disc"],
        True,
    )
    assert (log["default"], number["default"]) == (True, "many")
    assert found == {
        "name": "smooth",
        "description": "Smooths a map.",
        "doculink": "https://e.org",
        "version": "1.2",
        "contact_name": "Ann",
        "quote": 10,
        "script": "rm -rf /",
        "used": [{"role": "map", "content_type": "image/fits", "description": None}],
        "generated": [{"role": "out", "description": "The map."}],
    }


def test_what_declares_entities_is_refused() -> None:
    with pytest.raises(LoadError, match="it declares a document type"):
        list(job_definitions(b'<!DOCTYPE x [<!ENTITY a "b">]><VOTABLE/>'))

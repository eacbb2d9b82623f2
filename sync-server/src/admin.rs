//! `gridweave area` and `gridweave person`: filling a new city with its areas, grids and people; `gridweave restored`:
//! after its database was put back.

use crate::store::Store;
use crate::store::city::{NewGrid, NewPerson};
use crate::store::lock::DirLock;
use crate::store::restored::Restored;
use crate::store::types::catalog_of;
use clap::{Args, Subcommand};
use gridweave_core::geo::{Datum, Point};
use gridweave_core::identity::{Scheme, check};
use gridweave_core::ids::GridCode;
use serde::Deserialize;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Areas and grids.
#[derive(Debug, Subcommand)]
pub enum AreaCommand {
    /// Add areas and grids from a GeoJSON file; `schemas/area-tree.example.geojson` shows one.
    Import {
        /// The city's data directory.
        #[arg(long, env = "GRIDWEAVE_DATA")]
        data: PathBuf,
        /// A FeatureCollection. Properties of a feature: `level` (`area` or `grid`), `code`, `name`, `parent`, and for
        /// grids `layer` (`land` or `household`); the geometry of a grid is a polygon in WGS-84.
        file: PathBuf,
    },
}

/// People.
#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Add a worker or somebody who signs in to the console.
    Add(PersonArgs),
}

/// A person to add.
#[derive(Debug, Args)]
pub struct PersonArgs {
    /// The city's data directory.
    #[arg(long, env = "GRIDWEAVE_DATA")]
    data: PathBuf,
    /// Name.
    #[arg(long)]
    name: String,
    /// What the person may do.
    #[arg(long, value_parser = ["worker", "supervisor", "operator", "auditor", "admin"])]
    role: String,
    /// Sign-in name; the password is read from standard input.
    #[arg(long)]
    login: Option<String>,
}

/// Carries out an area command.
pub fn area(command: &AreaCommand) -> Result<(), Box<dyn Error>> {
    let AreaCommand::Import { data, file } = command;
    let text = std::fs::read_to_string(file)?;
    let (areas, grids) = read_areas(&text)?;
    let (n_areas, n_grids) = (areas.len(), grids.len());
    crate::serve::runtime()?.block_on(async {
        let store = open(data)?;
        store.add_areas(areas).await?;
        store.add_grids(grids).await?;
        Ok::<_, Box<dyn Error>>(())
    })?;
    println!("added {n_areas} areas and {n_grids} grids");
    Ok(())
}

/// Carries out a person command.
pub fn person(command: &PersonCommand) -> Result<(), Box<dyn Error>> {
    let PersonCommand::Add(args) = command;
    let password = match &args.login {
        Some(_) => {
            eprintln!("Password, at least 10 characters:");
            let mut line = String::new();
            std::io::stdin().read_line(&mut line)?;
            let password = line.trim_end_matches(['\r', '\n']).to_owned();
            if password.chars().count() < 10 {
                return Err("the password has fewer than 10 characters; nothing was added".into());
            }
            Some(password)
        }
        None => None,
    };
    let role = ["worker", "supervisor", "operator", "auditor", "admin"].into_iter().find(|r| *r == args.role);
    let person = NewPerson {
        name: args.name.clone(),
        role: role.ok_or("an unknown role")?,
        login: args.login.as_ref().map(|l| l.trim().to_lowercase()),
        password,
    };
    let no = crate::serve::runtime()?
        .block_on(async { Ok::<_, Box<dyn Error>>(open(&args.data)?.add_person(person).await?) })?;
    println!("added person {no}");
    Ok(())
}

/// Begins a new epoch after a restore.
pub fn restored(data: &Path) -> Result<(), Box<dyn Error>> {
    let now_ms = chrono::Utc::now().timestamp_millis();
    crate::store::city::Keys::load(data)?; // Fails with words where there is no city.
    let _lock = DirLock::take(data)?;
    let Restored { epoch, photos_gone } = crate::serve::runtime()?
        .block_on(async { Ok::<_, Box<dyn Error>>(open(data)?.begin_epoch(now_ms).await?) })?;
    println!("epoch {epoch}: devices will offer again what this copy does not have");
    if photos_gone > 0 {
        println!("{photos_gone} photos are not on this disk: their devices will be asked for them again");
    }
    println!(
        "What people decided since the backup is not in it: devices revoked or given other grids, people and grids \
         added, conflicts settled. Devices enrolled since then wait on the console to be confirmed."
    );
    Ok(())
}

fn open(data: &Path) -> Result<Store, Box<dyn Error>> {
    crate::store::city::Keys::load(data)?; // Fails with words where there is no city.
    Ok(Store::open(data, catalog_of(data)?)?)
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Properties,
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
struct Properties {
    level: String,
    code: String,
    name: String,
    parent: Option<String>,
    layer: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Geometry {
    Polygon { coordinates: Vec<Vec<(f64, f64)>> },
}

type Area = (String, String, Option<String>);

/// Reads the file whole before anything is written: a bad one adds nothing.
fn read_areas(text: &str) -> Result<(Vec<Area>, Vec<NewGrid>), Box<dyn Error>> {
    let collection: Collection =
        serde_json::from_str(text).map_err(|e| format!("the file is not as expected: {e}"))?;
    let (mut areas, mut grids) = (Vec::new(), Vec::new());
    for Feature { properties: p, geometry } in collection.features {
        match p.level.as_str() {
            "area" => {
                valid(Scheme::Division, &p.code)?;
                areas.push((p.code, p.name, p.parent));
            }
            "grid" => {
                valid(Scheme::Grid, &p.code)?;
                let layer = ["land", "household"].into_iter().find(|l| p.layer.as_deref() == Some(l));
                let layer =
                    layer.ok_or_else(|| format!("grid {}: layer is `land` or `household`", p.code))?;
                let Some(Geometry::Polygon { coordinates }) = geometry else {
                    return Err(format!("grid {}: a grid needs a polygon", p.code).into());
                };
                let ring =
                    coordinates.first().ok_or_else(|| format!("grid {}: the polygon is empty", p.code))?;
                grids.push(NewGrid {
                    area: p.parent.ok_or_else(|| format!("grid {}: parent is missing", p.code))?,
                    outline: outline(&p.code, ring)?,
                    code: GridCode(p.code),
                    name: p.name,
                    layer,
                });
            }
            level => return Err(format!("{}: level `{level}` is neither `area` nor `grid`", p.code).into()),
        }
    }
    Ok((areas, grids))
}

fn valid(scheme: Scheme, code: &str) -> Result<(), Box<dyn Error>> {
    match check(scheme, code) {
        checked if checked.valid => Ok(()),
        checked => {
            let why: Vec<String> = checked.problems.iter().map(|p| p.message.clone()).collect();
            Err(format!("{code}: not a {scheme} code: {}", why.join("; ")).into())
        }
    }
}

fn outline(code: &str, ring: &[(f64, f64)]) -> Result<Vec<(i32, i32)>, Box<dyn Error>> {
    if ring.len() < 4 || ring.first() != ring.last() {
        return Err(format!("grid {code}: the outline is not closed").into());
    }
    let point =
        |(lon, lat): &(f64, f64)| Point::from_degrees(*lat, *lon, Datum::Wgs84).map(|p| (p.lon_e7, p.lat_e7));
    Ok(ring.iter().map(point).collect::<Result<_, _>>().map_err(|e| format!("grid {code}: {e}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_file_reads() {
        let text = include_str!("../../schemas/area-tree.example.geojson");
        let (areas, grids) = read_areas(text).unwrap();
        assert_eq!((areas.len(), grids.len()), (2, 2));
        assert!(grids.iter().all(|g| areas.iter().any(|a| a.0 == g.area)));
    }

    #[test]
    fn bad_files_are_refused_with_the_place() {
        let bad = r#"{"features": [{"properties": {"level": "grid", "code": "440310001001001", "name": "x",
            "parent": "440310001001", "layer": "land"}, "geometry": {"type": "Polygon", "coordinates": [[[0, 0]]]}}]}"#;
        assert!(read_areas(bad).unwrap_err().to_string().contains("440310001001001"));
        assert!(read_areas("{}").is_err());
    }
}
